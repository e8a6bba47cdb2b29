# Keeps a handler's connections on this machine: AWS's own host names lead to the emulator, others are
# refused unless they are allowed.
module Offstage
  module Network
    AWS = /(\A|\.)(amazonaws\.com(\.cn)?|api\.aws|on\.aws)\z/i.freeze
    LOOPBACK = /\A(localhost|.*\.localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3}|0\.0\.0\.0|::|)\z/i.freeze
    SETTINGS_OF = SETTINGS['network']
    # What allowed names were resolved to.
    ADDRESSES = {}

    module_function

    def allowed?(host)
      return true if ADDRESSES[host]

      SETTINGS_OF['allowed'].any? do |entry|
        name = entry.downcase
        name == '*' || name == host || (name.start_with?('*.') && host.end_with?(name[1..-1]))
      end
    end

    def local_port(host, port)
      return nil unless host.match?(AWS)

      wanted = { 'https' => 443, 'http' => 80 }.fetch(port.to_s, port.to_i)
      api = host.match?(/\.(execute-api|lambda-url)\./i)
      found = SETTINGS_OF['tls_port'] if wanted == 443
      found = SETTINGS_OF[api ? 'api_port' : 'aws_port'] if wanted == 80
      found && found.positive? ? found : nil
    end

    # [host, port] to use instead; raises when there is none.
    def target(host, port)
      name = host.to_s.downcase.chomp('.')
      local = local_port(name, port)
      return ['127.0.0.1', local] if local

      if SETTINGS_OF['guarded'] && !name.match?(LOOPBACK) && !allowed?(name)
        raise Errno::ECONNREFUSED, "offstage: nothing here stands for #{name}:#{port}" if name.match?(AWS)

        raise Errno::ECONNREFUSED,
              "offstage: a connection to #{name} was refused, since handlers do not leave this machine; " \
              "start with --allow-egress #{name} to allow it"
      end
      note(name, port) if allowed?(name) && !name.match?(/\A[\d.]+\z|:/)
      [host, port]
    end

    def note(name, port)
      Socket.getaddrinfo(name, port).each { |row| ADDRESSES[row[3]] = true }
    rescue SocketError
      nil # The connection itself will say so.
    end

    module Tcp
      def initialize(host = nil, port = nil, *rest, **options)
        host, port = Network.target(host, port)
        options.empty? ? super(host, port, *rest) : super(host, port, *rest, **options)
      end
    end

    module Raw
      def connect(address)
        super(Network.address(address))
      end

      def connect_nonblock(address, **options)
        super(Network.address(address), **options)
      end
    end

    module Names
      def getaddrinfo(host, port = nil, *rest, **options)
        host, port = Network.target(host, port) if host
        options.empty? ? super(host, port, *rest) : super(host, port, *rest, **options)
      end
    end

    module Udp
      def connect(host, port)
        super(*Network.target(host, port))
      end

      def send(message, flags, *to)
        to = Network.target(*to) if to.length == 2
        super(message, flags, *to)
      end
    end

    def address(given)
      info = given.is_a?(Addrinfo) ? given : Addrinfo.new(given)
      return given unless info.ip?

      host, port = target(info.ip_address, info.ip_port)
      [host, port] == [info.ip_address, info.ip_port] ? given : Addrinfo.tcp(host, port)
    end

    def install
      return unless SETTINGS_OF['guarded'] || SETTINGS_OF['tls_port'].positive?

      TCPSocket.prepend(Tcp)
      Socket.prepend(Raw)
      UDPSocket.prepend(Udp)
      Addrinfo.singleton_class.prepend(Names)
    end
  end
end
