"""Runs a Python handler over the Lambda Runtime API.

Started as: python bootstrap.py SETTINGS, where SETTINGS is a JSON object with the keys task_root,
runtime_dir, handler, layers, layers_at_opt, network, debug_port, sdk_paths, cache and error_request_id. Nothing but Lambda's own
variables is put into the environment, and modules are imported only when they are needed: every one
of them is paid for at each cold start.
"""
import json
import sys
import time

import _socket

# When this program began, when the user's code did, when that was loaded: told with the first `next`.
MARKS = [time.monotonic()]
SETTINGS = json.loads(sys.argv[1])
TASK_ROOT = SETTINGS["task_root"]
ENVIRON = __import__("os").environ
NBSP = "\u00a0"


# --- The connection to the Runtime API --------------------------------------------------------------


class RuntimeApi:
    """One kept-alive HTTP/1.1 connection, spoken by hand: http.client costs 15 ms of imports."""

    def __init__(self, address):
        self.address = address
        host, _, port = address.rpartition(":")
        self.target = (host, int(port))
        self.socket = None
        self.buffer = b""

    def connect(self):
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self.socket.connect(self.target)
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.buffer = b""

    def request(self, method, path, body=b"", headers=()):
        lines = [
            "%s /2018-06-01/runtime/%s HTTP/1.1" % (method, path),
            "Host: " + self.address,
            "Content-Length: %d" % len(body),
        ]
        lines.extend(headers)
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if self.socket is None:
            self.connect()
        try:
            self.socket.sendall(head + body)
            return self.read_reply()
        except OSError:
            # The kept connection had been closed; a second failure means that the emulator is gone.
            self.connect()
            self.socket.sendall(head + body)
            return self.read_reply()

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise OSError("connection closed")
        self.buffer += data

    def read_reply(self):
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        while len(self.buffer) < length:
            self.more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split(" ")[1]), headers, body


# --- Import hooks: logging as Lambda sets it up, SDKs that do not know AWS_ENDPOINT_URL -------------


class HookLoader:
    """Runs a function once a module has been executed."""

    def __init__(self, loader, after):
        self.loader = loader
        self.after = after

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        self.after(module)

    def __getattr__(self, name):
        return getattr(self.loader, name)


class HookFinder:
    """Costs one dictionary look-up an import until a hooked module is asked for."""

    def __init__(self, hooks):
        self.hooks = hooks

    def find_spec(self, name, path=None, target=None):
        after = self.hooks.get(name)
        if after is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = HookLoader(spec.loader, after)
                return spec
        return None


CURRENT = {"request_id": None}


def install_log_handler(logging):
    """The root logger has a handler already, so that logging.basicConfig does nothing, as deployed."""

    class LambdaHandler(logging.Handler):
        def emit(self, record):
            sys.stdout.write(self.format(record))

    class RequestIdFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = CURRENT["request_id"]
            return True

    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s\n",
        "%Y-%m-%dT%H:%M:%S",
    )
    formatter.converter = time.gmtime
    handler = LambdaHandler()
    handler.setFormatter(formatter)
    handler.addFilter(RequestIdFilter())
    logging.root.addHandler(handler)


def is_aws_host(url):
    host = url.split("://", 1)[-1].split("/", 1)[0].split("@")[-1].rsplit(":", 1)[0].lower()
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def redirect_clients(session_module):
    """botocore before 1.31 does not read AWS_ENDPOINT_URL: clients made without an endpoint get it."""
    url = ENVIRON.get("AWS_ENDPOINT_URL")
    if not url or hasattr(session_module, "SmartDefaultsConfigStoreFactory") and knows_endpoint_url():
        return
    original = session_module.Session.create_client

    def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True,
                      verify=None, endpoint_url=None, *rest, **named):
        if endpoint_url is None:
            variable = "AWS_ENDPOINT_URL_" + service_name.upper().replace("-", "_")
            endpoint_url = ENVIRON.get(variable, url)
        return original(self, service_name, region_name, api_version, use_ssl, verify, endpoint_url,
                        *rest, **named)

    session_module.Session.create_client = create_client


def knows_endpoint_url():
    configprovider = sys.modules.get("botocore.configprovider")
    return configprovider is not None and hasattr(configprovider, "ConfiguredEndpointProvider")


def guard_http(httpsession_module):
    """Whatever the client was told, a request to AWS itself goes to the emulator."""
    url = ENVIRON.get("AWS_ENDPOINT_URL")
    if not url:
        return
    original = httpsession_module.URLLib3Session.send

    def send(self, request):
        if is_aws_host(request.url):
            rest = request.url.split("://", 1)[-1].partition("/")[2]
            request.url = url.rstrip("/") + "/" + rest
        return original(self, request)

    httpsession_module.URLLib3Session.send = send


def guard_sockets(socket_module):
    # As an import would, its bytecode kept, but without being seen among the modules.
    path = SETTINGS["runtime_dir"] + "/network.py"
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader("offstage_network", path)
    namespace = {"__name__": "offstage_network"}
    exec(loader.get_code("offstage_network"), namespace)
    namespace["install"](socket_module, SETTINGS["network"])


def stand_in_for_opt():
    """Layers are opened by their names below /opt, where the machine does not allow them to be there."""
    if SETTINGS["layers_at_opt"] or not SETTINGS["layers"]:
        return
    import builtins
    import io

    original = builtins.open
    exists = sys.modules["os"].path.exists

    def open_at_opt(file, *rest, **named):
        if isinstance(file, str) and file.startswith("/opt/") and not exists(file):
            for layer in reversed(SETTINGS["layers"]):
                if exists(layer + file[4:]):
                    file = layer + file[4:]
                    break
        return original(file, *rest, **named)

    builtins.open = io.open = open_at_opt


def listen_for_debugger():
    if not SETTINGS["debug_port"]:
        return
    try:
        import debugpy
    except ImportError:
        print("offstage: no debugger can attach: `%s -m pip install debugpy` provides it" % sys.executable)
        return
    debugpy.listen(("127.0.0.1", SETTINGS["debug_port"]))


def install_bytecode_cache(prefixes, cache):
    """The user's folders are never written to: their bytecode goes to a folder of the emulator's."""
    external = sys.modules.get("_frozen_importlib_external")
    original = getattr(external, "cache_from_source", None)
    if original is None:
        sys.dont_write_bytecode = True
        return
    tag = sys.implementation.cache_tag
    stat = sys.modules["posix"].stat

    def cache_from_source(path, *rest, **named):
        if isinstance(path, str) and path.startswith(prefixes):
            # Bytecode is matched by size and whole seconds: a file just written may change again
            # within both. NotImplementedError means "no cache" to the import system.
            if time.time() - stat(path).st_mtime < 2:
                raise NotImplementedError
            return "%s%s.%s.pyc" % (cache, path, tag)
        return original(path, *rest, **named)

    external.cache_from_source = cache_from_source


def prepare_interpreter():
    sys.argv = [SETTINGS["runtime_dir"] + "/bootstrap.py"]
    folders = (TASK_ROOT,) + tuple(SETTINGS["layers"])
    install_bytecode_cache(tuple(folder.rstrip("/") + "/" for folder in folders), SETTINGS["cache"])
    version = "python%d.%d" % sys.version_info[:2]
    path = [TASK_ROOT]
    for layer in reversed(SETTINGS["layers"]):
        path += ["%s/python/lib/%s/site-packages" % (layer, version), layer + "/python"]
    own = SETTINGS["runtime_dir"]
    rest = [entry for entry in sys.path if entry not in ("", own)]
    sys.path[:] = path + rest + SETTINGS["sdk_paths"]
    sys.path_importer_cache.clear()
    hooks = {
        "logging": install_log_handler,
        "botocore.session": redirect_clients,
        "botocore.httpsession": guard_http,
        "socket": guard_sockets,
    }
    sys.meta_path.insert(0, HookFinder(hooks))
    for name in list(hooks):
        if name in sys.modules:  # Imported by a site hook already.
            hooks[name](sys.modules[name])
    stand_in_for_opt()
    listen_for_debugger()


# --- The handler ------------------------------------------------------------------------------------


class RuntimeFault(Exception):
    """A failure that Lambda names itself (Runtime.ImportModuleError ...)."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace


def load_handler(handler):
    import traceback

    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError:
        raise RuntimeFault(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % handler, [])
    from importlib import import_module

    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise RuntimeFault(
                "Runtime.BuiltInModuleConflict",
                "Cannot use built-in module %s as a handler module" % module_name.split(".")[0])
        module = import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFault(
            "Runtime.ImportModuleError",
            "Unable to import module '%s': %s" % (module_name, error), [])
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise RuntimeFault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, error), trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise RuntimeFault(
            "Runtime.HandlerNotFound",
            "Handler '%s' missing on module '%s'" % (function_name, module_name), [])


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]


class Client:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code",
                 "app_package_name"]


class ClientContext:
    __slots__ = ["custom", "env", "client"]


def make_client_context(text):
    if not text:
        return None
    value = json.loads(text)
    context = ClientContext()
    context.custom = value.get("custom")
    context.env = value.get("env")
    context.client = None
    client = value.get("client")
    if client:
        context.client = Client()
        for name in Client.__slots__:
            setattr(context.client, name, client.get(name))
    return context


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = ENVIRON.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = ENVIRON.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = ENVIRON.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = ENVIRON.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = ENVIRON.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = make_client_context(headers.get("lambda-runtime-client-context"))
        identity = json.loads(headers.get("lambda-runtime-cognito-identity") or "{}")
        self.identity = CognitoIdentity()
        self.identity.cognito_identity_id = identity.get("cognitoIdentityId")
        self.identity.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self):
        remaining = self._epoch_deadline_time_in_ms - int(time.time() * 1000)
        return remaining if remaining > 0 else 0

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        return (
            "LambdaContext(["
            "aws_request_id=%s,log_group_name=%s,log_stream_name=%s,function_name=%s,"
            "memory_limit_in_mb=%s,function_version=%s,invoked_function_arn=%s,"
            "client_context=%s,identity=%s])"
        ) % (self.aws_request_id, self.log_group_name, self.log_stream_name, self.function_name,
             self.memory_limit_in_mb, self.function_version, self.invoked_function_arn,
             self.client_context, self.identity)


# --- Errors as the service's own Python runtime reports them ----------------------------------------


def make_error(message, error_type, trace, request_id):
    error = {"errorMessage": message, "errorType": error_type}
    if SETTINGS["error_request_id"]:
        error["requestId"] = request_id
    error["stackTrace"] = trace
    return error


def log_error(error):
    text = ""
    if error.get("errorType") is not None:
        text = "[ERROR] " + error["errorType"]
        if error.get("errorMessage"):
            text += ": " + error["errorMessage"]
    elif error.get("errorMessage") is not None:
        text = "[ERROR] " + error["errorMessage"]
    trace = error.get("stackTrace")
    if trace:
        text += "\nTraceback (most recent call last):\n"
        lines = "".join(trace).rstrip("\n").split("\n")
        shown = []
        for line in lines:
            stripped = line.lstrip(" ")
            shown.append(NBSP * (len(line) - len(stripped)) + stripped)
        text += "\n".join(shown)
    sys.stdout.write(text + "\n")


def frames_below(error, functions_to_skip):
    """The user's frames of a traceback as text, without the bootstrap's own."""
    import traceback

    summary = traceback.extract_tb(error.__traceback__)
    while functions_to_skip > 0 and summary:
        summary.pop(0)
        functions_to_skip -= 1
    return traceback.format_list(summary)


def describe(error, skip, request_id):
    if isinstance(error, RuntimeFault):
        return make_error(error.message, error.error_type, error.trace or [], request_id)
    return make_error(str(error), type(error).__name__, frames_below(error, skip), request_id)


def to_text(value):
    # Decimals fail here, as deployed: only the runtime's own encoder for simplejson-less code is strict.
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True).encode("utf-8")


def post_error(api, path, error):
    body = json.dumps(error, ensure_ascii=True).encode("utf-8")
    api.request("POST", path, body, [
        "Content-Type: application/json",
        "Lambda-Runtime-Function-Error-Type: " + (error["errorType"] or "Unhandled"),
    ])


def run_one(api, handler):
    marks = ()
    if MARKS:
        marks = ("Offstage-Init-Marks: " + ",".join("%d" % (mark * 1e6) for mark in MARKS),)
        MARKS.clear()
    status, headers, body = api.request("GET", "invocation/next", b"", marks)
    if status != 200:
        raise OSError("the Runtime API answered %d" % status)
    request_id = headers["lambda-runtime-aws-request-id"]
    CURRENT["request_id"] = request_id
    trace_id = headers.get("lambda-runtime-trace-id")
    if trace_id:
        ENVIRON["_X_AMZN_TRACE_ID"] = trace_id
    else:
        ENVIRON.pop("_X_AMZN_TRACE_ID", None)
    try:
        try:
            event = json.loads(body.decode("utf-8"))
        except Exception as error:
            raise RuntimeFault(
                "Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error, [])
        answer = handler(event, LambdaContext(headers))
        try:
            result = to_text(answer)
        except Exception as error:
            raise RuntimeFault(
                "Runtime.MarshalError", "Unable to marshal response: %s" % error, [])
    except Exception as error:
        described = describe(error, 1, request_id)
        log_error(described)
        post_error(api, "invocation/%s/error" % request_id, described)
    else:
        status, _, reply = api.request(
            "POST", "invocation/%s/response" % request_id, result,
            ["Content-Type: application/json"])
        if status == 413:
            # The runtime reports the refusal of its too large answer as the function's error.
            post_error(api, "invocation/%s/error" % request_id, json.loads(reply.decode("utf-8")))
    CURRENT["request_id"] = None


def main():
    prepare_interpreter()
    api = RuntimeApi(ENVIRON["AWS_LAMBDA_RUNTIME_API"])
    MARKS.append(time.monotonic())
    try:
        handler = load_handler(SETTINGS["handler"])
        MARKS.append(time.monotonic())
    except Exception as error:
        described = describe(error, 1, "")
        log_error(described)
        post_error(api, "init/error", described)
        sys.exit(1)
    while True:
        try:
            run_one(api, handler)
        except OSError:
            # Nobody is there any more to report to.
            sys.exit(0)


main()
