// AwsCaller: how a component calls the AWS services of its own deployment (the gateway's AWS
// integrations), without knowing which there are.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace offstage {

struct AwsCall {
  // Signing name: "dynamodb", "lambda".
  std::string service = {};
  // An operation of a JSON service: "PutItem". Empty: a REST service, with `method` and `path`.
  std::string action = {};
  std::string method = "POST";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct AwsReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

// Thread-safe.
class AwsCaller {
 public:
  virtual ~AwsCaller() = default;
  // An error is a reply too, as the service writes it.
  virtual AwsReply Call(const AwsCall& call) = 0;
};

}  // namespace offstage
