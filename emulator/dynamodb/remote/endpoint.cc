#include "dynamodb/remote/endpoint.h"

#include <fmt/format.h>

#include "base/json.h"

namespace offstage::dynamodb {

namespace {

// DynamoDB itself answers within seconds; a cluster under load may take longer.
constexpr std::chrono::seconds kAnswerLimit{60};

std::string HostOf(const std::string& url) {
  const std::size_t start = url.find("//") + 2;
  return url.substr(start, url.find('/', start) - start);
}

// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" without what stands before '#'.
std::string TypeName(const std::string& type) {
  const std::size_t hash = type.rfind('#');
  return hash == std::string::npos ? type : type.substr(hash + 1);
}

aws::ApiError ReadError(const http::Reply& reply, const std::string& url) {
  const auto body = ParseJson(reply.body);
  if (!body.ok() || !body->is_object() || !body->contains("__type") ||
      !(*body)["__type"].is_string()) {
    return aws::InternalServerError(Error{fmt::format(
        "{} (--dynamodb-endpoint) answered {} with something that is no DynamoDB error: {}", url,
        reply.status, reply.body.substr(0, 200))});
  }
  aws::ApiError error;
  error.status = reply.status;
  error.members = Json::object();
  for (const auto& [name, value] : body->items()) {
    if (name == "__type") {
      error.type = TypeName(value.get<std::string>());
    } else if ((name == "message" || name == "Message") && value.is_string()) {
      error.message = value.get<std::string>();
    } else {
      error.members[name] = value;
    }
  }
  return error;
}

}  // namespace

RemoteEndpoint::RemoteEndpoint(std::string url, aws::SigningIdentity identity, const Clock& clock)
    : url_(std::move(url)), host_(HostOf(url_)), identity_(std::move(identity)), clock_(clock) {}

Result<std::unique_ptr<RemoteEndpoint>> RemoteEndpoint::Create(const std::string& url,
                                                               aws::SigningIdentity identity,
                                                               const Clock& clock) {
  const auto client = http::Client::ForUrl(url);
  if (!client.ok())
    return Fail(Error{fmt::format("--dynamodb-endpoint: {}", client.error().message)});
  return std::unique_ptr<RemoteEndpoint>(new RemoteEndpoint(url, std::move(identity), clock));
}

Result<std::unique_ptr<http::Client>> RemoteEndpoint::TakeClient() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<http::Client> client = std::move(idle_.back());
      idle_.pop_back();
      return client;
    }
  }
  return http::Client::ForUrl(url_, {.read_timeout = kAnswerLimit});
}

aws::Outcome<std::string> RemoteEndpoint::Send(const std::string& target, std::string_view body,
                                               const std::string& region) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Host", host_},
                     {"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", target},
                     {"Accept-Encoding", "identity"}};
  request.body = body;
  aws::Sign(request, identity_, region, "dynamodb", clock_.Now());
  OFFSTAGE_TRY_INTERNAL(std::unique_ptr<http::Client> client, TakeClient());
  auto reply = client->Send(request);
  // A call without an answer may have had its effect: whether to repeat it is the caller's
  // decision, as it is when the service itself does not answer.
  if (!reply.ok()) {
    return Fail(aws::InternalServerError(
        Error{fmt::format("{} (--dynamodb-endpoint {})", reply.error().message, url_)}));
  }
  {
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(client));
  }
  if (reply->status == 200) return std::move(reply->body);
  return Fail(ReadError(*reply, url_));
}

aws::Outcome<std::string> RemoteStreams::Execute(const aws::Call& call, aws::CallFacts&) {
  return endpoint_.Send("DynamoDBStreams_20120810." + std::string(call.operation), call.body,
                        call.region);
}

std::string_view RemoteStreams::ErrorTypePrefix(std::string_view) const {
  return "com.amazonaws.dynamodb.v20120810#";
}

}  // namespace offstage::dynamodb
