// Sources of identifiers, so that tests can make them predictable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace offstage {

inline constexpr std::string_view kDigits = "0123456789";
inline constexpr std::string_view kLowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view kUpperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

class IdSource {
 public:
  virtual ~IdSource() = default;
  // `length` characters of `alphabet`.
  virtual std::string Text(std::size_t length, std::string_view alphabet) = 0;
  // A version 4 UUID in lower case: AWS request ids have this form.
  std::string Uuid();
  // 52 upper-case characters: DynamoDB's request ids.
  std::string DynamoDbRequestId() { return Text(52, kUpperAlphanumeric); }
};

// Fast and unpredictable enough for ids; never for secrets or keys.
// Thread-safe.
class RandomIds : public IdSource {
 public:
  std::string Text(std::size_t length, std::string_view alphabet) override;
};

// The same ids at every run. Thread-safe.
class SeededIds : public IdSource {
 public:
  explicit SeededIds(std::uint64_t seed) : generator_(seed) {}
  std::string Text(std::size_t length, std::string_view alphabet) override;

 private:
  Mutex mutex_;
  std::mt19937_64 generator_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage
