"""Keeps a handler's connections on this machine: AWS's own host names lead to the emulator, others are
refused unless they are allowed. Works on the module `socket`, below every library that connects.
"""
import errno

AWS_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".on.aws")
LOOPBACK = ("localhost", "::1", "0.0.0.0", "::", "")
SERVICES = {"https": 443, "http": 80}


def host_text(host):
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    return host.lower().rstrip(".") if isinstance(host, str) else ""


class Guard:
    def __init__(self, socket_module, network):
        self.socket = socket_module
        self.network = network
        self.getaddrinfo_before = socket_module.getaddrinfo
        # What allowed names were resolved to.
        self.addresses = set()

    def is_allowed(self, host):
        if host in self.addresses:
            return True
        for allowed in self.network["allowed"]:
            allowed = allowed.lower()
            if allowed in ("*", host) or allowed.startswith("*.") and host.endswith(allowed[1:]):
                return True
        return False

    def refuses(self, host):
        local = host in LOOPBACK or host.startswith(("127.", "::ffff:127.")) or host.endswith(".localhost")
        return self.network["guarded"] and not local and not self.is_allowed(host)

    def local_port(self, host, port):
        """Where a connection to AWS's own hosts ends, or None."""
        if not host.endswith(AWS_SUFFIXES):
            return None
        port = SERVICES.get(port, port)
        if str(port) == "443":
            return self.network["tls_port"] or None
        if str(port) == "80":
            api = ".execute-api." in host or ".lambda-url." in host
            return self.network["api_port" if api else "aws_port"] or None
        return None

    def message(self, host, port):
        if host.endswith(AWS_SUFFIXES):
            return "offstage: nothing here stands for %s:%s" % (host, port)
        return (
            "offstage: a connection to %s was refused, since handlers do not leave this machine; "
            "start with --allow-egress %s to allow it" % (host, host))

    def getaddrinfo(self, host, port, family=0, type=0, proto=0, flags=0):
        name = host_text(host)
        local = self.local_port(name, port)
        if local:
            return self.getaddrinfo_before("127.0.0.1", local, 0, type, proto, flags)
        if name.endswith(AWS_SUFFIXES) and not self.is_allowed(name):
            return self.getaddrinfo_before("127.0.0.1", port, 0, type, proto, flags)
        if self.refuses(name):
            raise self.socket.gaierror(self.socket.EAI_NONAME, self.message(name, port))
        found = self.getaddrinfo_before(host, port, family, type, proto, flags)
        if name and self.is_allowed(name):
            self.addresses.update(row[4][0] for row in found)
        return found

    def gethostbyname(self, host):
        return self.getaddrinfo(host, None, self.socket.AF_INET, self.socket.SOCK_STREAM)[0][4][0]

    def target(self, connection, address):
        """The address to use instead; raises when there is none."""
        if connection.family not in (self.socket.AF_INET, self.socket.AF_INET6) or not isinstance(address, tuple):
            return address
        host = host_text(address[0])
        local = self.local_port(host, address[1])
        if local:
            return ("127.0.0.1", local)
        if self.refuses(host):
            raise ConnectionRefusedError(errno.ECONNREFUSED, self.message(host, address[1]))
        return address


def install(socket_module, network):
    if not network["guarded"] and not network["tls_port"]:
        return
    guard = Guard(socket_module, network)
    base = socket_module.socket.__mro__[1]

    def connect(self, address):
        return base.connect(self, guard.target(self, address))

    def connect_ex(self, address):
        try:
            return base.connect_ex(self, guard.target(self, address))
        except ConnectionRefusedError as error:
            return error.errno

    def sendto(self, data, *rest):
        return base.sendto(self, data, *rest[:-1] + (guard.target(self, rest[-1]),))

    socket_module.socket.connect = connect
    socket_module.socket.connect_ex = connect_ex
    socket_module.socket.sendto = sendto
    socket_module.getaddrinfo = guard.getaddrinfo
    socket_module.gethostbyname = guard.gethostbyname
