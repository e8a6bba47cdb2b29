// DispatcherCaller: the gateway's AWS integrations call the deployment's own AWS endpoint, as its
// owner: roles of integrations are not looked at.
#pragma once

#include <atomic>
#include <string>

#include "aws/dispatcher.h"
#include "interfaces/aws_caller.h"

namespace offstage::app {

// Thread-safe.
class DispatcherCaller : public AwsCaller {
 public:
  explicit DispatcherCaller(std::string region) : region_(std::move(region)) {}

  // Until then every call is a 503. Outlives the last call.
  void Attach(const aws::Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }

  AwsReply Call(const AwsCall& call) override;

 private:
  const std::string region_;
  std::atomic<const aws::Dispatcher*> dispatcher_{nullptr};
};

}  // namespace offstage::app
