// Flight: one invocation on its way, from waiting for an environment to its result. It can be left
// at any point and taken up again by another thread: a caller that gives up (API Gateway after 29
// s) does not end the invocation.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "interfaces/invoker.h"
#include "lambda/environment_pool.h"
#include "lambda/failure.h"

namespace offstage::lambda {

// Used by one thread at a time.
class Flight {
 public:
  // Everything borrowed outlives this. The request has its id, and its `function` is the ARN that
  // the handler will see.
  Flight(const Function& function, InvokeRequest request, const Options& options,
         EnvironmentPool& pool, const Dependencies& dependencies);

  // Goes on until the invocation has ended, or until `until`: then null, and a later call goes on.
  std::optional<InvokeResult> Advance(process::Deadline until);

  const InvokeRequest& request() const { return request_; }
  // The caller has left: what a streaming handler still answers is dropped.
  void DropSink() { request_.sink = nullptr; }

 private:
  enum class Phase { kQueued, kStarting, kInit, kRunning, kDone };

  void WaitForEnvironment(process::Deadline until);
  void StartEnvironment();
  void WaitForInit(process::Deadline until);
  void HandOver();
  void WaitForAnswer(process::Deadline until);
  void Succeed(std::string payload);
  void FailWith(Failure failure);
  void FailInit();
  void RepeatInit(const std::string& how_it_ended);
  void PassOn(const EnvironmentOutcome& piece);
  // Debugged functions have all the time in the world.
  bool Debugged() const;
  void EndWith(InvokeStatus status, std::string explanation);
  std::string FinishLog(const Failure* failure);
  void TimeOut();
  void RecordSpan() const;

  const Function& function_;
  InvokeRequest request_;
  const Options& options_;
  EnvironmentPool& pool_;
  const Dependencies& dependencies_;
  const std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::now();

  Phase phase_ = Phase::kQueued;
  std::shared_ptr<ExecutionEnvironment> environment_;  // Shared with the pool.
  std::chrono::steady_clock::time_point init_deadline_;
  // The init phase ran out of time and is repeated under the function's timeout.
  bool repeated_init_ = false;
  // The sink has heard Begin.
  bool streaming_ = false;
  std::chrono::steady_clock::time_point run_started_;
  std::chrono::steady_clock::time_point run_deadline_;
  std::optional<ExecutionEnvironment::InitParts> init_parts_;
  InvokeResult result_;
};

}  // namespace offstage::lambda
