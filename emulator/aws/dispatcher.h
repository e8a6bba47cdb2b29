// Dispatcher: the AWS endpoint's front. Finds the service and operation of a
// request, knows the caller by its access key, and writes replies and errors in
// the service's protocol. A call to a service that is not emulated fails at
// once with a message naming service, operation and function.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "aws/credential.h"
#include "aws/service.h"
#include "base/id.h"
#include "base/log.h"
#include "interfaces/caller.h"
#include "interfaces/trace.h"

namespace offstage::aws {

struct DispatcherOptions {
  // The deployment's region: what an unsigned request is taken to mean.
  std::string region;
};

// Thread-safe once every service is added.
class Dispatcher {
 public:
  // All outlive the dispatcher. `callers` may be null: everybody is the
  // developer.
  Dispatcher(DispatcherOptions options, IdSource& ids, Log& log, TraceSink& traces,
             const CallerDirectory* callers);

  // `target_prefix`: what stands before the dot in X-Amz-Target
  // ("DynamoDB_20120810").
  void AddJsonService(std::string signing_name, std::string target_prefix, JsonService& service);
  // `path_prefix`: "/2015-03-31/functions".
  void AddRestService(std::string signing_name, std::string path_prefix, RestService& service);

  http::Reply Handle(const http::Request& request) const;

 private:
  struct JsonRow {
    std::string signing_name;
    JsonService* service = nullptr;
  };
  struct RestRow {
    std::string signing_name;
    std::string path_prefix;
    RestService* service = nullptr;
  };

  http::Reply Route(const http::Request& request) const;
  http::Reply HandleJson(const JsonRow& row, Call& call) const;
  http::Reply NotEmulated(const Call& call, const std::optional<Credential>& credential) const;
  std::string EmulatedServices() const;
  void Finish(const Call& call, std::string_view service,
              std::chrono::steady_clock::time_point start, CallFacts facts,
              const http::Reply& reply) const;

  const DispatcherOptions options_;
  IdSource& ids_;
  Log& log_;
  TraceSink& traces_;
  const CallerDirectory* callers_;
  std::map<std::string, JsonRow, std::less<>> json_services_;
  std::vector<RestRow> rest_services_;
};

// CRC-32 as the x-amz-crc32 header carries it.
std::uint32_t Crc32(std::string_view bytes);
// Undoes Content-Encoding: gzip or deflate; null when the bytes are neither or exceed `max_bytes`.
std::optional<std::string> Inflate(std::string_view bytes, std::size_t max_bytes);

}  // namespace offstage::aws
