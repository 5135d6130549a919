"""The recipes of the monitor stack for zc.buildout.

Each part is one request to "monitor-generate recipe" and one reply, both JSON:
the program knows what to write, this module knows buildout. Everything is
checked in the init phase, because buildout deletes the files of a part whose
update fails. recipes/message.go describes the messages.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys

import pkg_resources
import zc.buildout
import zc.buildout.easy_install

GENERATOR = 'monitor-generate'
TOOLKIT = 'monitor-toolkit'  # the section that says where the programs are
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def text(value):
  """An option as a profile would write it; SlapOS' buildout has other types than strings."""
  if isinstance(value, str):
    return value
  if value is None or isinstance(value, bool):
    return {None: '', True: 'true', False: 'false'}[value]
  if isinstance(value, (set, frozenset)):
    value = sorted(text(v) for v in value)
  if isinstance(value, (list, tuple)):
    return '\n'.join(text(v) for v in value)
  if isinstance(value, dict):
    return json.dumps(value, sort_keys=True, default=text)
  return str(value)


def pairs(section):
  """All options of a section in order, with those that Recipe.hide hides."""
  return [[k, text(section[k])] for k in type(section).keys(section)]


class Recipe(object):
  """Any recipe of "monitor-generate recipes"."""
  def __init__(self, buildout, name, options):
    self.buildout, self.name, self.options = buildout, name, options
    self.generator = self.find_generator()
    if 'eggs-path' not in options.keys() and self.is_plugin():
      options['eggs-path'] = self.eggs_path()
    self.sections = {}
    reply = self.call('init')
    while reply.get('sections'):  # it wants to see more of the profile first
      for section in reply['sections']:
        self.sections[section] = pairs(buildout[section])
      reply = self.call('init')
    for option, value in reply['options']:
      options[option] = value
    self.hide(reply.get('secrets', ()))
    self.claim(reply['paths'])

  def install(self):
    return self.call('install')['paths']

  def update(self):
    return self.call('update')['paths']

  def call(self, phase):
    """Sends one request and returns its reply."""
    request = json.dumps({
      'recipe': self.options['recipe'],
      'name': self.name,
      'phase': phase,
      'options': pairs(self.options),
      'sections': self.sections,
      'directory': self.buildout['buildout']['directory'],
    }, ensure_ascii=False, separators=(',', ':'))
    process = self.running()
    try:
      process.stdin.write(request.encode('utf-8') + b'\n')
      process.stdin.flush()
      reply = json.loads(process.stdout.readline().decode('utf-8'))
    except (OSError, ValueError):
      raise zc.buildout.UserError(
        'section [%s]: %s ended with code %s and no reply.' % (self.name, self.generator, process.wait()))
    if 'error' in reply:
      raise zc.buildout.UserError(reply['error'])
    return reply

  def running(self):
    """The generator's process: one serves the whole run, and ends with it."""
    processes = self.buildout.__dict__.setdefault('_monitor_generators', {})
    if self.generator not in processes:
      try:
        process = subprocess.Popen([self.generator, 'recipe'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes[self.generator] = process
        atexit.register(process.communicate)
      except OSError as e:
        raise zc.buildout.UserError(
          '%s cannot run here (%s): build the programs of the monitor on this machine, or set '
          'binary-directory of [%s] to where they are.' % (self.generator, e.strerror, TOOLKIT))
    return processes[self.generator]

  def find_generator(self):
    """The program: $MONITOR_GENERATE, of [monitor-toolkit], in bin-directory, on PATH."""
    folders = [self.buildout['buildout']['bin-directory']]
    if TOOLKIT in self.buildout.keys():  # which makes it a part, when it is one
      folders.insert(0, text(self.buildout[TOOLKIT].get('binary-directory')))
    return self.first_generator(folders)

  def first_generator(self, folders):
    chosen = os.environ.get('MONITOR_GENERATE')
    if chosen:
      return chosen
    for folder in folders + os.environ.get('PATH', '').split(os.pathsep):
      path = os.path.join(folder, GENERATOR)
      if folder and os.path.isfile(path):
        return path
    raise zc.buildout.UserError(
      'section [%s]: there is no %s in %s or on PATH: set binary-directory of [%s] to where the '
      'programs of the monitor are.' % (self.name, GENERATOR, ', '.join(filter(None, folders)), TOOLKIT))

  def hide(self, secrets):
    """Keeps options out of .installed.cfg, and out of the comparison with it."""
    options, kind, secrets = self.options, type(self.options), frozenset(secrets)
    options.keys = lambda: [k for k in kind.keys(options) if k not in secrets]
    options.copy = lambda: {k: v for k, v in kind.copy(options).items() if k not in secrets}

  def claim(self, paths):
    """Refuses two parts that would write one file."""
    makers = self.buildout.__dict__.setdefault('_monitor_makers', {})
    for path in paths:
      other = makers.setdefault(path, self.name)
      if other != self.name:
        raise zc.buildout.UserError(
          'sections [%s] and [%s] both make %s: give one of them another path' % (other, self.name, path))

  def is_plugin(self):
    """Whether the part is a promise that Python imports."""
    recipe = self.options['recipe'].split(':')[-1].strip()
    file_names = [text(self.options.get(option)).strip() for option in ('name', 'output')]
    return recipe == 'cron-with-promise' or recipe == 'promise' and any(f.endswith('.py') for f in file_names)

  def eggs_path(self):
    """Where Python finds the eggs of a promise. zc.buildout's own working_set
    would ask the package index for an egg that is missing, even offline."""
    options = self.buildout['buildout']
    eggs = tuple(text(self.options.get('eggs', 'slapos.toolbox')).split())
    known = self.buildout.__dict__.setdefault('_monitor_eggs', {})
    if eggs not in known:
      folders = [options['develop-eggs-directory'], options['eggs-directory']]
      present = pkg_resources.Environment(folders + zc.buildout.easy_install.buildout_and_setuptools_path)
      try:
        found = pkg_resources.WorkingSet([]).resolve(pkg_resources.parse_requirements(eggs), present)
      except (pkg_resources.ResolutionError, ValueError) as e:
        raise zc.buildout.UserError(
          'section [%s]: a promise whose name ends in .py needs the eggs %s, which this software release '
          'lacks (%s): add them to it, or end the name differently to have it run without Python.' % (
            self.name, ', '.join(eggs), ' '.join(str(e).split())))
      known[eggs] = '\n'.join(dict.fromkeys(d.location for d in found))
    return known[eggs]


class Toolkit(Recipe):
  """The programs themselves: where they are, or else built with Go from the
  checkout that this egg stands in, into bin-directory. That happens when the
  section is read, because the other parts' init needs them."""

  def find_generator(self):
    folder = text(self.options.get('binary-directory')).strip()
    if folder:
      return self.first_generator([folder])
    folder = self.buildout['buildout']['bin-directory']
    if os.path.exists(os.path.join(CHECKOUT, 'go.mod')) and not os.environ.get('MONITOR_GENERATE'):
      self.build(folder)
    return self.first_generator([folder])

  def build(self, folder):
    go = text(self.options.get('go')).strip() or 'go'
    if not shutil.which(go):
      raise zc.buildout.UserError(
        'section [%s]: the programs of the monitor are built with Go, and there is no command %s: install '
        'Go 1.26 or newer, or set binary-directory to where the programs are.' % (self.name, go))
    process = subprocess.Popen(
      [go, 'build', '-trimpath', '-buildvcs=false', '-modcacherw', '-ldflags=-s -w', '-o', folder + os.sep, './cmd/...'],
      cwd=CHECKOUT, env=dict(os.environ, CGO_ENABLED='0'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.communicate()[0].decode('utf-8', 'replace')
    if process.returncode:
      raise zc.buildout.UserError('section [%s]: Go cannot build the programs of the monitor in %s: %s' % (
        self.name, CHECKOUT, output.strip()[-2000:]))
    sys.stdout.write(output)


def uninstall(name, options):
  """Removes the links of a part, which buildout would take for what they point to."""
  for path in options.get('_links', '').split('\n'):
    if path and os.path.islink(path):
      os.remove(path)
