// A target that answers from a table, for tests of the runner.
#pragma once

#include <functional>
#include <map>

#include "scenario/target.h"

namespace offstage::scenario {

class FakeTarget : public Target, public Inside {
 public:
  // Answers of routes; "GET /x". Others are answered 404.
  std::map<std::string, std::function<http::Reply(const http::Request&)>> routes;
  std::map<std::string, std::vector<Json>> tables;
  std::vector<http::Request> requests;
  std::vector<StartingPoint> starts;
  Record next_record;
  bool has_inside = true;

  Status Prepare(const StartingPoint& start) override;
  Result<http::Reply> Send(const http::Request& request) override;
  TimePoint Now() const override { return TimePoint(std::chrono::seconds(1'767'225'600)); }
  Inside* inside() override { return has_inside ? this : nullptr; }
  UserPools* pools() override { return nullptr; }

  Result<InvokeResult> Invoke(const std::string& function, const std::string& payload) override;
  Status Put(const std::string& table, const Json& item) override;
  Result<std::optional<Json>> Get(const std::string& table, const Json& key) override;
  Status Update(const std::string&, const Json&, const Json&,
                const std::vector<std::string>&) override {
    return Ok();
  }
  Status Delete(const std::string&, const Json&) override { return Ok(); }
  Result<std::vector<Json>> Query(const std::string& table, const std::string&,
                                  const Json&) override {
    return tables[table];
  }
  Result<std::vector<Json>> Scan(const std::string& table, const std::string&) override {
    return tables[table];
  }
  std::vector<std::string> Settle(std::chrono::milliseconds) override { return {"1 invocation"}; }
  Status Advance(std::chrono::milliseconds) override { return Ok(); }
  Status ColdStart(const std::vector<std::string>&) override { return Ok(); }
  Status AddFault(const FaultRequest&) override { return Ok(); }
  Record TakeRecord() override { return next_record; }
};

}  // namespace offstage::scenario
