// A DynamoDB service in memory, with a clock that moves when told.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"

namespace offstage::dynamodb {

class ServiceFixture : public testing::Test {
 protected:
  ServiceFixture() {
    Options options;
    options.persistence = Persistence::kInMemory;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    auto service = Service::Create(options);
    EXPECT_TRUE(service.ok());
    service_ = std::move(service).value();
  }

  // 25 November 2025, 12:00:00 UTC.
  ManualClock clock_{TimePoint(std::chrono::seconds(1'764'072'000))};
  SeededIds ids_{1};
  StderrLog log_{LogLevel::kError};
  std::unique_ptr<Service> service_;
};

}  // namespace offstage::dynamodb
