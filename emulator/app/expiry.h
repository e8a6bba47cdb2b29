// Expiry: deletes items whose time to live has passed while a deployment runs, as DynamoDB does in
// the background. AWS promises "a few days"; here it is seconds, so that a developer sees it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "dynamodb/table_service.h"

namespace offstage::app {

// Thread-safe. Ends its thread when destroyed.
class Expiry {
 public:
  // Both must outlive this.
  Expiry(dynamodb::TableService& tables, Log& log);

 private:
  void Run(const std::stop_token& stop);

  dynamodb::TableService& tables_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread thread_;
};

}  // namespace offstage::app
