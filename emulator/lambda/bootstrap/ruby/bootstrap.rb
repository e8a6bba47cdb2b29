# Lambda's Ruby runtime: polls the Runtime API, runs the user's handler, sends SDK calls to the
# emulator. Started with the function's environment and nothing else. No AWS logic in here.
require 'json'
require 'socket'

$stdout.sync = true
$stderr.sync = true

# The Runtime API over one kept connection. net/http costs 60 ms to load; this needs four requests.
class RuntimeApi
  PREFIX = '/2018-06-01/runtime'.freeze

  Answer = Struct.new(:status, :headers, :body)

  def initialize(address)
    @host, @port = address.split(':')
  end

  def get(path)
    call("GET #{PREFIX}#{path} HTTP/1.1\r\nHost: #{@host}:#{@port}\r\n\r\n")
  end

  def post(path, body, headers = {})
    head = "POST #{PREFIX}#{path} HTTP/1.1\r\nHost: #{@host}:#{@port}\r\nContent-Type: application/json\r\n"
    headers.each { |name, value| head << "#{name}: #{value}\r\n" }
    call("#{head}Content-Length: #{body.bytesize}\r\n\r\n".b << body.b)
  end

  private

  def call(request)
    if @socket.nil?
      @socket = TCPSocket.new(@host, @port)
      @socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    end
    @socket.write(request)
    status = @socket.gets.split(' ')[1].to_i
    headers = {}
    while (line = @socket.gets) && line != "\r\n"
      name, value = line.chomp.split(':', 2)
      headers[name.downcase] = value.strip
    end
    length = headers['content-length'].to_i
    Answer.new(status, headers, length.zero? ? '' : @socket.read(length))
  end
end

# What Lambda hands to handlers as `context`.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :deadline_ms, :identity, :client_context,
              :log_group_name, :log_stream_name, :function_name, :memory_limit_in_mb, :function_version

  def initialize(headers)
    @aws_request_id = headers['lambda-runtime-aws-request-id']
    @invoked_function_arn = headers['lambda-runtime-invoked-function-arn']
    @deadline_ms = headers['lambda-runtime-deadline-ms'].to_i
    @identity = parse(headers['lambda-runtime-cognito-identity'])
    @client_context = parse(headers['lambda-runtime-client-context'])
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
  end

  def get_remaining_time_in_millis
    [@deadline_ms - (Process.clock_gettime(Process::CLOCK_REALTIME) * 1000).to_i, 0].max
  end

  private

  def parse(text)
    text.nil? || text.empty? ? nil : JSON.parse(text)
  end
end

# SDK gems older than aws-sdk-core 3.176 do not know AWS_ENDPOINT_URL. Every client is a
# Seahorse::Client::Base; the hook waits until that class is there and costs nothing before.
module SdkRedirect
  module Endpoint
    def new(options = {})
      options = options.dup
      options[:endpoint] ||= ENV['AWS_ENDPOINT_URL'] if ENV['AWS_ENDPOINT_URL'] && respond_to?(:identifier)
      super(options)
    end
  end

  def self.watch
    trace = TracePoint.new(:end) do |point|
      if point.self.is_a?(Class) && point.self.name == 'Seahorse::Client::Base'
        point.self.singleton_class.prepend(Endpoint)
        trace.disable
      end
    end
    trace.enable
  end
end

# `file.method` or `folder/file.Module::Class.method`.
class UserHandler
  class Malformed < StandardError; end
  class NotFound < StandardError; end

  def initialize(text)
    @text = text
    parts = text.split('.')
    raise Malformed, "Invalid handler #{text}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a callable method. If using CLASS, METHOD must be a class-level method." unless [2, 3].include?(parts.size)

    @file = parts[0]
    @class_name = parts[1] if parts.size == 3
    @method = parts.last.to_sym
  end

  def load
    require File.expand_path(@file, ENV['LAMBDA_TASK_ROOT'])
    receiver = target
    known = @class_name ? receiver.respond_to?(@method) : receiver.respond_to?(@method, true)
    raise NotFound, "undefined method '#{@method}' for #{@class_name || 'main:Object'}" unless known
  end

  def call(event, context)
    target.send(@method, event: event, context: context)
  end

  private

  def target
    @class_name ? Object.const_get(@class_name) : TOPLEVEL_BINDING.receiver
  end
end

def error_fields(error, type)
  {
    errorMessage: error.message.to_s.encode('UTF-8', invalid: :replace, undef: :replace),
    errorType: type,
    # Without this file's own frames, and with the paths that Lambda shows.
    stackTrace: (error.backtrace || []).reject { |line| line.start_with?(__FILE__) }
                                       .map { |line| line.sub("#{ENV['LAMBDA_TASK_ROOT']}/", '/var/task/') }
  }
end

def init_error_type(error)
  case error
  when UserHandler::Malformed then 'Runtime.MalformedHandlerName'
  when UserHandler::NotFound then 'Runtime.HandlerNotFound'
  when LoadError then 'Init<LoadError>'
  when SyntaxError then 'Runtime.UserCodeSyntaxError'
  else "Init<#{error.class}>"
  end
end

api = RuntimeApi.new(ENV.fetch('AWS_LAMBDA_RUNTIME_API'))
SdkRedirect.watch
$LOAD_PATH.unshift(ENV['LAMBDA_TASK_ROOT'])
begin
  handler = UserHandler.new(ENV['_HANDLER'])
  handler.load
rescue Exception => error # rubocop:disable Lint/RescueException -- whatever stops the handler from loading is reported
  raise if error.is_a?(SystemExit) || error.is_a?(SignalException)

  fields = error_fields(error, init_error_type(error))
  warn JSON.generate(fields)
  api.post('/init/error', JSON.generate(fields), 'Lambda-Runtime-Function-Error-Type' => fields[:errorType])
  exit! 1
end

loop do
  invocation = api.get('/invocation/next')
  abort "invocation/next answered #{invocation.status}" unless invocation.status == 200
  id = invocation.headers['lambda-runtime-aws-request-id']
  ENV['_X_AMZN_TRACE_ID'] = invocation.headers['lambda-runtime-trace-id'] if invocation.headers['lambda-runtime-trace-id']
  begin
    event = JSON.parse(invocation.body.force_encoding('UTF-8'))
    answer = JSON.generate(handler.call(event, LambdaContext.new(invocation.headers)))
    api.post("/invocation/#{id}/response", answer)
  rescue Exception => error # rubocop:disable Lint/RescueException -- Lambda reports whatever the handler raises
    raise if error.is_a?(SystemExit) || error.is_a?(SignalException)

    fields = error_fields(error, "Function<#{error.class}>")
    warn "Error raised from handler method\n#{JSON.generate(fields)}"
    api.post("/invocation/#{id}/error", JSON.generate(fields), 'Lambda-Runtime-Function-Error-Type' => fields[:errorType])
  end
end
