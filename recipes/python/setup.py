"""The egg slapos.recipe.monitor. Its metadata stand beside it, so that a
checkout serves as it is: "develop =" only links to it, which needs no right to
write here, no network and no newer setuptools."""

import os

import setuptools

NAME = 'slapos.recipe.monitor'
HERE = os.path.dirname(os.path.abspath(__file__))
INFO = os.path.join(HERE, NAME + '.egg-info')


def read(name):
  with open(os.path.join(INFO, name)) as f:
    return f.read()


class Link(setuptools.Command):
  """Writes the link and nothing else. The options are those that buildout uses."""

  description = 'link to this folder'
  user_options = [('multi-version', 'm', ''), ('no-deps', 'N', ''), ('install-dir=', 'd', 'where the link goes')]
  boolean_options = ['multi-version', 'no-deps']

  def initialize_options(self):
    self.multi_version = self.no_deps = self.install_dir = None

  def finalize_options(self):
    self.install_dir = self.install_dir or HERE

  def run(self):
    with open(os.path.join(self.install_dir, NAME + '.egg-link'), 'w') as f:
      f.write(HERE + '\n.\n')


setuptools.setup(
  name=NAME,
  version=read('PKG-INFO').split('\nVersion: ')[1].split('\n')[0],
  description='The recipes of the monitor stack for zc.buildout',
  license='Apache-2.0',
  py_modules=['slapos_recipe_monitor'],
  install_requires=['zc.buildout'],
  entry_points=read('entry_points.txt'),
  cmdclass={'develop': Link},
)
