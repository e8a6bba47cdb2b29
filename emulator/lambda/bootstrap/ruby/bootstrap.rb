# Runs a Ruby handler over the Lambda Runtime API.
#
# Started as: ruby bootstrap.rb SETTINGS, where SETTINGS is a JSON object with the keys task_root,
# runtime_dir, handler, layers and network.
INIT_MARKS = [Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)] # See run_one.
require 'json'
require 'socket'

SETTINGS = JSON.parse(ARGV.shift)
$PROGRAM_NAME = File.join(SETTINGS['runtime_dir'], 'lib/runtime.rb')
$stdout.sync = true
$stderr.sync = true

module Offstage
  # One kept-alive HTTP/1.1 connection, spoken by hand: net/http costs 40 ms to load.
  class RuntimeApi
    Reply = Struct.new(:status, :headers, :body)

    def initialize(address)
      @address = address
      @host, _, @port = address.rpartition(':')
      @socket = nil
    end

    def request(method, path, body = '', headers = {})
      connect unless @socket
      head = +"#{method} /2018-06-01/runtime/#{path} HTTP/1.1\r\nHost: #{@address}\r\n" \
              "Content-Length: #{body.bytesize}\r\n"
      headers.each { |name, value| head << "#{name}: #{value}\r\n" }
      @socket.write(head.b << "\r\n" << body.b)
      read_reply
    rescue Errno::EPIPE, Errno::ECONNRESET
      @socket = nil
      raise
    end

    private

    def connect
      @socket = TCPSocket.new(@host, @port.to_i)
      @socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    end

    def read_reply
      first = @socket.gets("\r\n") or raise EOFError, 'connection closed'
      headers = {}
      while (line = @socket.gets("\r\n")) && line != "\r\n"
        name, value = line.chomp("\r\n").split(':', 2)
        headers[name.downcase] = value.strip
      end
      body = @socket.read(headers['content-length'].to_i)
      Reply.new(first.split(' ')[1].to_i, headers, body.force_encoding('UTF-8'))
    end
  end

  # SDK gems before 3.190 do not read AWS_ENDPOINT_URL: every client gets it as its default.
  module RequireHook
    def require(name)
      loaded = super
      if loaded && name.start_with?('aws-sdk') && defined?(::Aws) && ::Aws.respond_to?(:config)
        url = ENV['AWS_ENDPOINT_URL']
        ::Aws.config[:endpoint] ||= url if url && !url.empty?
      end
      loaded
    end
  end

  class LambdaContext
    attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name,
                :function_name, :memory_limit_in_mb, :function_version, :identity, :client_context,
                :deadline_ms

    def initialize(headers)
      @aws_request_id = headers['lambda-runtime-aws-request-id']
      @deadline_ms = headers['lambda-runtime-deadline-ms'].to_i
      @invoked_function_arn = headers['lambda-runtime-invoked-function-arn']
      @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
      @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
      @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
      @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
      @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
      @identity = parse(headers['lambda-runtime-cognito-identity'])
      @client_context = parse(headers['lambda-runtime-client-context'])
    end

    def get_remaining_time_in_millis
      [deadline_ms - (Time.now.to_f * 1000).to_i, 0].max
    end

    private

    def parse(text)
      text && !text.empty? ? JSON.parse(text) : nil
    end
  end

  # A failure that Lambda names itself.
  class RuntimeFault < StandardError
    attr_reader :type

    def initialize(type, message)
      super(message)
      @type = type
    end
  end

  module_function

  def find_handler(text)
    parts = text.split('.')
    unless [2, 3].include?(parts.length)
      raise ArgumentError, "Invalid handler #{text}, must be of form FILENAME.METHOD or " \
                           'FILENAME.CLASS.METHOD where FILENAME corresponds with an existing Ruby ' \
                           'source file FILENAME.rb, CLASS is an optional module/class namespace and ' \
                           'METHOD is a callable method. If using CLASS, METHOD must be a class-level ' \
                           'method.'
    end
    file, *owner, name = parts
    path = File.expand_path(file, SETTINGS['task_root'])
    Kernel.require(File.exist?("#{path}.rb") ? path : file)
    receiver = owner.empty? ? TOPLEVEL_BINDING.receiver : Kernel.const_get(owner.first)
    unless receiver.respond_to?(name, true)
      raise NoMethodError, "undefined method `#{name}' for #{receiver.inspect}"
    end
    ->(event, context) { receiver.__send__(name, event: event, context: context) }
  end

  def describe(error, kind)
    type = error.is_a?(RuntimeFault) ? error.type : "#{kind}<#{error.class.name}>"
    own = File.expand_path(__FILE__)
    trace = (error.backtrace || []).reject { |line| line.start_with?(own) }
    { 'errorMessage' => error.message, 'errorType' => type, 'stackTrace' => trace }
  end

  def report(api, path, error, kind)
    described = describe(error, kind)
    $stderr.puts("Error raised from handler method\n#{JSON.generate(described)}") if kind == 'Function'
    $stderr.puts("#{kind} error when loading handler\n#{JSON.generate(described)}") if kind == 'Init'
    api.request('POST', path, JSON.generate(described),
                'Content-Type' => 'application/json',
                'Lambda-Runtime-Function-Error-Type' => described['errorType'])
  end

  def answer(api, id, value)
    body =
      begin
        value.is_a?(String) || !value.respond_to?(:read) ? JSON.generate(value) : value.read
      rescue StandardError => e
        raise RuntimeFault.new('Function<Runtime::MarshalError>', e.message)
      end
    reply = api.request('POST', "invocation/#{id}/response", body, 'Content-Type' => 'application/json')
    return unless reply.status == 413

    api.request('POST', "invocation/#{id}/error", reply.body)
  end

  def run_one(api, handler)
    # When this program began, when the user's code did, when that was loaded.
    marks = INIT_MARKS.empty? ? {} : { 'Offstage-Init-Marks' => INIT_MARKS.join(',') }
    INIT_MARKS.clear
    reply = api.request('GET', 'invocation/next', '', marks)
    exit(0) unless reply.status == 200
    id = reply.headers['lambda-runtime-aws-request-id']
    ENV['_X_AMZN_TRACE_ID'] = reply.headers['lambda-runtime-trace-id']
    begin
      value = handler.call(JSON.parse(reply.body, quirks_mode: true), LambdaContext.new(reply.headers))
      answer(api, id, value)
    rescue StandardError, ScriptError, NoMemoryError, SystemStackError => e
      report(api, "invocation/#{id}/error", e, 'Function')
    end
  end

  def main
    # Gems of this machine stand in for those that Lambda's image has; GEM_PATH stays as Lambda's.
    Gem.use_paths(Gem.dir, (Gem.path + Gem.default_path).uniq)
    require_relative 'network'
    Network.install
    api = RuntimeApi.new(ENV['AWS_LAMBDA_RUNTIME_API'])
    Object.prepend(RequireHook)
    $LOAD_PATH.unshift(SETTINGS['task_root']) unless $LOAD_PATH.include?(SETTINGS['task_root'])
    begin
      INIT_MARKS << Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
      handler = find_handler(SETTINGS['handler'])
      INIT_MARKS << Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
    rescue StandardError, ScriptError => e
      report(api, 'init/error', e, 'Init')
      exit(1)
    end
    loop { run_one(api, handler) }
  rescue Errno::ECONNREFUSED, Errno::ECONNRESET, Errno::EPIPE, EOFError
    exit(0) # The emulator is gone.
  end
end

Offstage.main
