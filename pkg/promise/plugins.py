# Runs promise plugins of SlapOS for monitor-runpromise: one interpreter, warm,
# a fork for each promise. Reads one JSON job from stdin, writes one JSON line
# for each promise to stdout. Works with Python 2.7 and 3.
import importlib, json, os, select, signal, sys, time, traceback

GRACE = 0.3  # seconds between SIGTERM and SIGKILL
LOG_LIMIT, LOG_KEPT = 256 << 10, 64 << 10


class Queue(object):
  """Takes what a plugin sends to its launcher."""
  item = None

  def put_nowait(self, result):
    self.item = result.item


def load(promise, warm):
  """The class and the configuration of a promise."""
  if promise['module'] and promise['path'] == warm:
    module = importlib.import_module(promise['module'])
    return module.RunPromise, dict(promise['config'])
  sys.path.insert(0, os.path.dirname(promise['file'])) # as upstream: plugins share modules of their folder
  title = os.path.splitext(os.path.basename(promise['file']))[0]
  names = {'__name__': title, '__file__': promise['file']}
  with open(promise['file']) as f:
    exec(compile(f.read(), promise['file'], 'exec'), names)
  if 'RunPromise' not in names:
    raise AttributeError('the file has no class RunPromise')
  return names['RunPromise'], dict(names.get('extra_config_dict', {}))


def trim(path):
  """Keep the log that verdicts are read from short."""
  try:
    if os.path.getsize(path) > LOG_LIMIT:
      with open(path, 'rb') as f:
        f.seek(-LOG_KEPT, 2)
        rest = f.read().partition(b'\n')[2]
      with open(path, 'wb') as f:
        f.write(rest)
  except EnvironmentError:
    pass


def judge(job, promise):
  """Run a promise and say what came out, as the reply's fields."""
  RunPromise, config = load(promise, job['path'])
  queue = Queue()
  config.update(job['launcher'])
  config.update({'path': promise['file'], 'name': os.path.basename(promise['file']), 'queue': queue})
  trim(os.path.join(job['launcher']['log-folder'], promise['title'] + '.log'))
  instance = RunPromise(config)
  instance.run(job['anomaly'], False)
  item = queue.item
  kind = item.type()
  return {
    'skipped': kind not in ('Test Result', 'Anomaly Result'),
    'failed': item.hasFailed(), 'message': item.message or '', 'type': kind,
    'minutes': instance.getPeriodicity(),
    'bang': bool(getattr(instance, '_GenericPromise__allow_bang', True)),
  }


def describe():
  """The exception being handled, from the plugin's own code on."""
  kind, error, frame = sys.exc_info()
  while frame and frame.tb_frame.f_code.co_filename == '<string>':
    frame = frame.tb_next
  return ''.join(traceback.format_exception(kind, error, frame)).strip()


def start(job, promise, out):
  """Fork a process for a promise; it writes its reply, one line, to a pipe."""
  read, write = os.pipe()
  pid = os.fork()
  if pid:
    os.close(write)
    return {'pid': pid, 'fd': read, 'promise': promise, 'data': b'', 'begin': time.time(), 'killed': 0, 'status': None}
  try:
    os.setsid()
    os.close(read)
    os.close(out.fileno()) # a daemon of the plugin must not hold it
    os.chdir(job['launcher']['partition-folder'])
    reply = judge(job, promise)
  except BaseException:
    reply = {'failed': True, 'message': 'Error: ' + describe()}
  try:
    os.write(write, json.dumps(reply).encode() + b'\n')
  finally:
    os._exit(0)


def kill(one, sig):
  try:
    os.killpg(one['pid'], sig)
  except OSError:
    pass


def gone(one):
  """Whether a promise's process ended, whoever still holds its pipe."""
  if one['status'] is None:
    pid, status = os.waitpid(one['pid'], os.WNOHANG)
    if pid:
      one['status'] = status
  return one['status'] is not None


def finish(job, one, out):
  """Reap a promise's process and reply for it."""
  kill(one, signal.SIGKILL)
  os.close(one['fd'])
  if one['status'] is None:
    one['status'] = os.waitpid(one['pid'], 0)[1]
  try:
    reply = json.loads(one['data'].decode())
  except ValueError:
    reply = {'failed': True, 'message': 'Error: No output returned by the promise (wait status %d)' % one['status']}
  if one['killed']:
    reply = {'failed': True, 'message': 'Error: Promise timed out after %g seconds' % job['timeout']}
  reply.update({'id': one['promise']['id'], 'seconds': time.time() - one['begin']})
  out.write(json.dumps(reply) + '\n')
  out.flush()


def main():
  out = os.fdopen(os.dup(1), 'w')
  job = json.loads(sys.stdin.readline())
  os.dup2(os.open(os.devnull, os.O_RDWR), 0)
  os.dup2(2, 1)  # plugins may print
  sys.path[0:0] = job['path']
  warm = ['slapos.grid.promise.generic']  # as in upstream, that of the first plugin
  warm += [p['module'] for p in job['promises'] if p['module'].startswith('slapos.') and p['path'] == job['path']]
  for module in warm: # others might hang, or end the interpreter
    try:
      importlib.import_module(module)
    except BaseException:
      pass  # the process of the promise will say why
  waiting, running = list(job['promises']), {}
  while waiting or running:
    while waiting and len(running) < job['places']:
      one = start(job, waiting.pop(0), out)
      running[one['fd']] = one
    for fd in select.select(list(running), [], [], 0.2)[0]:
      data = os.read(fd, 1 << 16)
      running[fd]['data'] += data
      if not data or data.endswith(b'\n'):
        finish(job, running.pop(fd), out)
    for fd in [fd for fd in running if gone(running[fd]) and not select.select([fd], [], [], 0)[0]]:
      finish(job, running.pop(fd), out)
    for one in running.values():
      late = time.time() - one['begin'] - job['timeout']
      if late > 0 and not one['killed']:
        one['killed'] = 1
        kill(one, signal.SIGTERM)
      elif late > GRACE and one['killed'] == 1:
        one['killed'] = 2
        kill(one, signal.SIGKILL)


main()
