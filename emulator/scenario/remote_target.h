// RemoteTarget: a deployed stage, of which only the routes can be reached.
#pragma once

#include <memory>
#include <string>

#include "http/client.h"
#include "scenario/remote_pools.h"
#include "scenario/target.h"

namespace offstage::scenario {

// Used by one thread.
class RemoteTarget : public Target {
 public:
  // "https://abc.execute-api.eu-west-1.amazonaws.com/Prod"; its path goes before every step's.
  static Result<std::unique_ptr<RemoteTarget>> Make(const std::string& url);

  // Nothing can be reset from outside: scenarios have to be written for that.
  Status Prepare(const StartingPoint&) override { return Ok(); }
  Result<http::Reply> Send(const http::Request& request) override;
  TimePoint Now() const override { return std::chrono::system_clock::now(); }
  std::string url() const override { return url_; }
  Inside* inside() override { return nullptr; }
  UserPools* pools() override { return &pools_; }

 private:
  RemoteTarget(std::unique_ptr<http::Client> client, std::string url, std::string host,
               std::string base)
      : client_(std::move(client)),
        url_(std::move(url)),
        host_(std::move(host)),
        base_(std::move(base)) {}

  RemotePools pools_;
  std::unique_ptr<http::Client> client_;
  std::string url_;
  std::string host_;
  std::string base_;
};

}  // namespace offstage::scenario
