// Another DynamoDB-compatible engine, reached over HTTP: signs calls and hands replies back.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "aws/signature.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/client.h"

namespace offstage::dynamodb {

// Thread-safe. Keeps as many connections as calls were ever under way at once.
class RemoteEndpoint {
 public:
  // `url`: "http://127.0.0.1:8000" or "https://dynamodb.eu-west-1.amazonaws.com". Nothing is sent
  // yet. Fails when it is no such address. `clock` outlives this; a real engine checks the times of
  // signatures, so it is the machine's.
  static Result<std::unique_ptr<RemoteEndpoint>> Create(const std::string& url,
                                                        aws::SigningIdentity identity,
                                                        const Clock& clock);

  const std::string& url() const { return url_; }

  // `target`: "DynamoDB_20120810.GetItem". The engine's reply body, or its own error; no answer is
  // an InternalServerError, explained.
  aws::Outcome<std::string> Send(const std::string& target, std::string_view body,
                                 const std::string& region);

 private:
  RemoteEndpoint(std::string url, aws::SigningIdentity identity, const Clock& clock);
  Result<std::unique_ptr<http::Client>> TakeClient();

  const std::string url_;
  // As the Host header has it.
  const std::string host_;
  const aws::SigningIdentity identity_;
  const Clock& clock_;
  Mutex mutex_;
  std::vector<std::unique_ptr<http::Client>> idle_ OFFSTAGE_GUARDED_BY(mutex_);
};

// DynamoDB Streams of that engine. Thread-safe. The endpoint outlives it.
class RemoteStreams : public aws::JsonService {
 public:
  explicit RemoteStreams(RemoteEndpoint& endpoint) : endpoint_(endpoint) {}
  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  std::string_view ErrorTypePrefix(std::string_view error_type) const override;
  std::string_view ContentType() const override { return "application/x-amz-json-1.0"; }

 private:
  RemoteEndpoint& endpoint_;
};

}  // namespace offstage::dynamodb
