// The wire protocol: requests of any operation, as they come, to a service with tables and items.
// The first line names the operation, the rest is the body. Whatever comes is a success or the
// caller's fault: a fault of the service's own is a bug.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"

using offstage::dynamodb::Service;

namespace {

// Requests make tables: the service begins anew once in a while.
constexpr int kRequestsPerService = 2000;

class Target {
 public:
  void Run(std::string_view input) {
    if (service_ == nullptr || ++requests_ % kRequestsPerService == 0) Restart();
    const std::size_t line = std::min(input.find('\n'), input.size());
    const std::string operation = OperationOf(input.substr(0, line));
    const std::string_view body = input.substr(std::min(line + 1, input.size()));
    const auto outcome = service_->Run(operation, body);
    OFFSTAGE_CHECK(outcome.ok() || outcome.error().status < 500, "nothing is the service's fault");
  }

 private:
  void Restart() {
    service_.reset();
    offstage::dynamodb::Options options;
    options.persistence = offstage::dynamodb::Persistence::kInMemory;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    service_ = std::move(Service::Create(options)).value();
    Fill("CreateTable", R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
          {"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"B"}],
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
        "GlobalSecondaryIndexes":[{"IndexName":"ind","Projection":{"ProjectionType":"ALL"},
          "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}]})");
    Fill("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"s":{"N":"1"},"g":{"B":"eA=="},
        "m":{"M":{"l":{"L":[{"N":"1"},{"SS":["x"]}]}}}}})");
  }
  void Fill(std::string_view operation, std::string_view body) {
    OFFSTAGE_CHECK(service_->Run(operation, body).ok(), "the table is made");
  }
  std::string OperationOf(std::string_view name) const {
    for (const std::string& known : names_) {
      if (known == name) return known;
    }
    return names_[name.empty() ? 0 : static_cast<unsigned char>(name[0]) % names_.size()];
  }

  const std::vector<std::string> names_ = Service::OperationNames();
  offstage::SystemClock clock_;
  offstage::RandomIds ids_;
  offstage::StderrLog log_{offstage::LogLevel::kError};
  std::unique_ptr<Service> service_;
  int requests_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  target.Run(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
