"""Records trainings in a registry and loads weights from it, through the program `registry`.  docs/python.md has every call.

    with registry.run("xor", params={"lr": 0.1}) as run:
        run.log(epoch, train_loss=..., val_loss=...)
        run.save(model.state_dict(), metrics={"test_loss": 0.3}, alias="champion")
    weights = registry.load("xor@champion")
"""

import array, atexit, collections, contextlib, ctypes, importlib.util, io, json, operator, os, shutil, signal  # noqa: E401
import subprocess, sys, sysconfig, tempfile, threading, time as clock, types  # noqa: E401

# `log` waits where the program is so many calls behind (400 MB); the writer looks every so many seconds, and takes so many at once.
_MOST_WAITING, _PAUSE, _BATCH = 1_000_000, 0.05, 500
_SPELLINGS = {  # safetensors' words for the types of torch and NumPy
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16", "uint32": "U32", "int32": "I32", "uint64": "U64",
    "int64": "I64", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float16": "F16", "bfloat16": "BF16", "float32": "F32",
    "float64": "F64", "complex64": "C64"}
Version = collections.namedtuple("Version", ["model", "number"])
_SCRIPT = getattr(sys.modules.get("__main__"), "__file__", "Python")
_open = set()  # the runs that haven't ended


class Error(Exception):
    """What the program refused, or why it can't be run."""


class Run(contextlib.AbstractContextManager):
    """A run being recorded: the block of a `with`, or until `end()`.  Any thread may call it; only `file`, `save` and `end` wait.

    `options`: experiment, name, db, source, parent (the number of the run that this is a part of), run (of one to go on with).
    """

    def __init__(self, model=None, *, params=None, tags=None, **options):
        options = {"model": model, "source": None if "run" in options else _SCRIPT, **options}
        self.number, self._pid, self._wake = None, os.getpid(), threading.Semaphore(0)
        self._queue = collections.deque()  # (step, seconds, metrics), other lines, and None for the end of the input
        self._errors, self._said = collections.deque(maxlen=1000), collections.deque(maxlen=50)
        opening = _line({}, number=0)
        self._asked, self._ended = [opening], False  # asked: the lines that somebody waits for
        # A session of its own: Ctrl-C is for the training, which then ends the run.
        self._process = _start(
            ["log", "--format=json"], options, bufsize=0, stdin=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._write, self._read)]
        for thread in self._threads:
            thread.start()
        self.number, self.uuid, self.model, self.experiment = map(self._answer(opening).get, ("run", "uuid", "model", "experiment"))
        _open.add(self)
        for call, values in (self.params, params), (self.tag, tags):
            if values:
                call(values)

    def log(self, /, step=None, metrics=None, *, epoch=None, time=None, **values):
        """Metrics of a step: `log(3, loss=0.5)` or `log(3, {"val/loss": 0.5})`; `epoch` means step, `time` is as time.time() gives it."""
        if metrics:
            values = {**{str(key): value for key, value in metrics.items()}, **values}
        for key, value in values.items():
            if value.__class__ is not float:
                values[key] = _number(key, value)
        step = epoch if step is None else step
        self._append((step if step is None else operator.index(step), time or clock.time(), values))
        if self._ended or self._errors:  # of earlier calls; this one is on its way
            self._check()

    def params(self, values=None, /, **more):
        """Parameters, from a dictionary (nested ones become `a.b`), an argparse.Namespace, or keywords."""
        self.send({"params": {**(values or {} if values is None or hasattr(values, "items") else vars(values)), **more}})

    def tag(self, values=None, /, **more):
        """Tags, from a dictionary or keywords; a tag may be set again."""
        self.send({"tags": {**(values or {}), **more}})

    def note(self, text):
        """A dated note."""
        self.send({"note": str(text)})

    def file(self, path, name=None):
        """Stores a file as it is now, or a folder with all that is in it; `name` is what the run calls it."""
        path = os.path.abspath(path)
        self.send({"file": path, "as": name or os.path.basename(path)}, wait=True)

    def save(self, weights=None, *, metrics=None, files=(), **more):
        """Stores a version, and gives its model and number.  `more`: alias, step, model, tags, description.

        `weights`: a state_dict, a module, a dictionary of arrays or lists, the path of a file, or None for a version of `files` alone."""
        is_file = isinstance(weights, (str, os.PathLike))
        line = {"source": None if is_file else _SCRIPT, **more, "files": [os.path.abspath(path) for path in files]}
        line["metrics"] = {key: _number(key, value) for key, value in (metrics or {}).items()}
        with tempfile.NamedTemporaryFile(prefix="registry-", suffix=".safetensors") as file:
            if weights is not None and not is_file:
                _write_tensors(file, weights)
            line = {key: value for key, value in line.items() if value or value == 0}
            answer = self.send({**line, "version": weights is None or os.path.abspath(weights if is_file else file.name)}, wait=True)
        return Version(answer["model"], answer["version"])

    def send(self, line, wait=False):
        """Any line of docs/log.md; with `wait` its answer, once it is stored."""
        if self._ended:
            self._check()
        line = _line({**line, "ack": True} if wait else line)
        self._asked += [line] * bool(wait)
        self._append(line)
        self._wake.release()
        answer = self._answer(line) if wait else None
        return self._check() if self._errors else answer

    def end(self, status="finished", *, error=None, exit_code=None):
        """Ends the run as finished, failed, killed or interrupted, and waits until all is stored."""
        if status not in ("finished", "failed", "killed", "interrupted", None):
            raise ValueError(f"{status!r} is no end of a run: finished, failed, killed or interrupted.")
        line = {"end": status, "error": error and str(error), "exit_code": None if exit_code is None else operator.index(exit_code)}
        if not self._ended:
            self._ended = True
            self._queue.extend([_line({key: value for key, value in line.items() if value is not None}), None] if status else [None])
            self._wake.release()
        for thread in self._threads:
            thread.join()
        _open.discard(self)
        if self._errors:
            self._check()

    def __exit__(self, kind, error, trace):
        if kind is None or kind is SystemExit and not error.code:
            return self.end()
        self._leave("interrupted" if kind is KeyboardInterrupt else "failed", error=f"{kind.__name__}: {error}".rstrip(": "))

    def _leave(self, status, **more):
        try:
            self.end(status, **more)
        except Error as error:  # nobody can be told in another way
            print(f"registry: {error}", file=sys.stderr)

    def _forked(self):  # in the child: the program ends when nobody can write to it any more
        self._ended = True
        self._process.stdin.close()

    def _append(self, item):
        self._queue.append(item)
        while len(self._queue) > _MOST_WAITING and not (self._ended or self._errors):
            clock.sleep(0.005)

    def _answer(self, line):
        while not line.done.wait(0.5) and self._threads[1].is_alive():
            pass
        if line.answer is None:
            self._check()
            raise Error("the line was refused.")  # and another thread has been told why
        return line.answer

    def _check(self):
        """Raises what nobody has been told yet, or what can't go on."""
        if self._pid != os.getpid():
            raise Error(f"run {self.number} belongs to process {self._pid}; a process forked from it can't log to the run.")
        if texts := [self._errors.popleft() for _ in range(len(self._errors))]:
            raise Error("\n".join(texts[:5] + [f"… and {len(texts) - 5} more."][:len(texts) > 5]))
        if self._ended:
            raise Error(f"run {self.number} has ended.")

    def _write(self):
        """The thread that encodes and writes."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})  # a write to a program that is gone shall fail, not kill
        queue, number = self._queue, 0
        with self._process.stdin as pipe, contextlib.suppress(OSError):  # the reader sees the program end, and says why
            while True:
                while not queue:
                    self._wake.acquire(timeout=_PAUSE)
                lines = []
                while queue and queue[0].__class__ is tuple and len(lines) < _BATCH:
                    step, seconds, values = queue.popleft()
                    lines.append({**({} if step is None else {"step": step}), "time": int(seconds * 1000), "metrics": values})
                number += len(lines) or 1
                if lines:  # in one call, for speed; no text in JSON has a tab, so one after a brace stands between two lines
                    text = json.dumps(lines, separators=(",\t", ":"))[1:-1].replace("},\t{", "}\n{")
                else:
                    line = queue.popleft()
                    if line is None:
                        return
                    line.number, text = number, line.text
                rest = memoryview(f"{text}\n".encode())
                while rest:
                    rest = rest[pipe.write(rest):]

    def _read(self):
        """The thread that takes the program's answers, and what it says on standard error."""
        with io.BufferedReader(self._process.stdout) as answers:
            for line in answers:
                text = line.decode(errors="replace").rstrip("\n")
                if not text.startswith("{"):
                    self._said.append(text)
                    if not text.startswith(("Error: ", "  hint: ", "line ")):  # a line: what a version lacks to be a net
                        print(text, file=sys.stderr)
                    continue
                answer = json.loads(text)
                if "line" in answer and "error" in answer:
                    self._errors.append(answer["error"] + (f"\n  hint: {answer['hint']}" if answer.get("hint") else ""))
                for asked in [asked for asked in self._asked if asked.number == answer.get("line", 0)]:
                    asked.answer = None if "error" in answer else answer
                    self._asked.remove(asked)
                    asked.done.set()
        if self._process.wait() not in (0, 65) or self._asked:
            text = "\n".join(self._said).replace("Error: ", "", 1)
            self._errors.append(text or f"the program registry ended with {self._process.returncode}.")
        self._ended = True
        self._queue.append(None)


def load(version, *, db=None):
    """The weights of a version (xor@champion, xor/3, latest) by name: tensors where torch can be imported, else NumPy's arrays."""
    library = next((importlib.import_module(name) for name in ("torch", "numpy") if importlib.util.find_spec(name)), None)
    if not library:
        raise Error("loading weights needs torch or NumPy: pip install numpy")
    words = ["export", "%s/%s" % version if isinstance(version, Version) else str(version), "--output=-", "--as=safetensors"]
    with tempfile.TemporaryFile() as said, _start(words, {"db": db}, stdin=subprocess.DEVNULL, stderr=said) as process:
        tensors = _read_tensors(process.stdout, library)
        if process.wait():
            said.seek(0)
            text = said.read().decode(errors="replace").strip().replace("Error: ", "", 1)
            raise Error(text or f"the program registry ended with {process.returncode}.")
    return tensors


def _start(words, values, **options):
    """The program: $REGISTRY_PROGRAM, else what was installed with this module, else what PATH has."""
    here, named = os.path.dirname(os.path.abspath(__file__)), os.environ.get("REGISTRY_PROGRAM") or "registry"
    folders = [here, sysconfig.get_path("scripts"), sysconfig.get_path("scripts", "posix_user"), os.path.join(here, "bin")]
    found = shutil.which(named, path=os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)]))
    if not found:
        raise Error(f"no program '{named}' here: install the wheel that `make wheel` builds, or set $REGISTRY_PROGRAM to its path.")
    words = [found, *words, *(f"--{key}={value}" for key, value in values.items() if value is not None)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, **options)


def _line(values, number=None):  # what JSON has no word for is a number where NumPy or torch call it one, else a text
    text = json.dumps(values, default=lambda value: value.item() if getattr(value, "ndim", None) == 0 else str(value))
    return types.SimpleNamespace(text=text, number=number, answer=None, done=threading.Event())


def _number(key, value):
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise TypeError(f"'{key}' is {value!r}, which isn't a number.") from None


def _read_tensors(file, library):
    """A safetensors file: the length of a header in JSON, the header, the bytes of all tensors."""
    tensors = json.loads(file.read(int.from_bytes(file.read(8), "little")) or "{}")
    tensors.pop("__metadata__", None)
    names, numpy = {spelling: name for name, spelling in _SPELLINGS.items()}, library.__name__ == "numpy"
    for name, entry in sorted(tensors.items(), key=lambda item: item[1]["data_offsets"]):
        kind, data = names.get(entry["dtype"], entry["dtype"]), bytearray(entry["data_offsets"][1] - entry["data_offsets"][0])
        file.readinto(data)
        if numpy and kind == "bfloat16":  # the upper half of float32
            kind, data = "float32", (library.frombuffer(data, "<u2").astype("<u4") << 16).view("u1")
        dtype = getattr(library, "bool_" if numpy and kind == "bool" else kind, None)
        if dtype is None:
            raise Error(f"'{name}' is of the type {kind}, which {library.__name__} {library.__version__} doesn't have.")
        tensors[name] = (library.frombuffer(data, dtype=dtype) if len(data) else library.empty(0, dtype=dtype)).reshape(entry["shape"])
    return tensors


def _write_tensors(file, weights):
    header, offset, parts = {}, 0, []
    for name, value in getattr(weights, "state_dict", lambda: weights)().items():
        kind, shape, size, part = _described(name, value)
        if kind not in _SPELLINGS:
            raise TypeError(f"'{name}' is of the type {kind}, which safetensors doesn't have.")
        header[name] = {"dtype": _SPELLINGS[kind], "shape": list(shape), "data_offsets": [offset, offset := offset + size]}
        parts.append(part)
    text = json.dumps(header).encode()
    for part in (lambda: len(text).to_bytes(8, "little") + text, *parts):
        file.write(part())
    file.flush()


def _described(name, value):
    """Type, shape, size in bytes, and a function that gives the bytes: one tensor at a time is copied."""
    torch = sys.modules.get("torch")
    if torch and isinstance(value, torch.Tensor):
        def copied():
            plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
            return ctypes.string_at(plain.data_ptr(), plain.numel() * plain.element_size())
        kind = value.dtype if value.layout is torch.strided else value.layout
        return str(kind)[6:], value.shape, value.numel() * value.element_size(), copied
    if hasattr(value, "__array__"):
        value = importlib.import_module("numpy").asarray(value)
        return value.dtype.name, value.shape, value.nbytes, value.astype(value.dtype.newbyteorder("<"), copy=False).tobytes
    shape, flat = [], [value]
    while flat and all(isinstance(item, (list, tuple)) and len(item) == len(flat[0]) for item in flat):
        shape.append(len(flat[0]))
        flat = [number for item in flat for number in item]
    if not all(isinstance(number, (int, float)) for number in flat):
        raise TypeError(f"'{name}' is a {type(value).__name__}: neither a tensor nor lists of numbers of one length.")
    code, kind = ("q", "int64") if flat and all(isinstance(number, int) for number in flat) else ("d", "float64")
    return kind, shape, 8 * len(flat), array.array(code, flat).tobytes


run = start = Run
atexit.register(lambda: [begun._leave(None) for begun in list(_open)])
os.register_at_fork(after_in_child=lambda: [begun._forked() for begun in list(_open)])
