// ExpressionCache: parsed expressions by their text. Applications send the same few texts again and
// again, with different values.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/mutex.h"

namespace offstage::dynamodb {

// Thread-safe. Forgets everything when full: texts with values pasted in would fill it for ever.
class ExpressionCache {
 public:
  static constexpr std::size_t kMaxEntries = 1024;

  ExpressionCache();
  ~ExpressionCache();
  ExpressionCache(const ExpressionCache&) = delete;
  ExpressionCache& operator=(const ExpressionCache&) = delete;

  // For the compilers: a parse tree, whose type follows from `kind` (one character), or null.
  std::shared_ptr<const void> Find(char kind, std::string_view text) const;
  void Insert(char kind, std::string_view text, std::shared_ptr<const void> tree);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Trees = std::unordered_map<std::string, std::shared_ptr<const void>, Hash, std::equal_to<>>;

  mutable Mutex mutex_;
  // Indexed by kind, few.
  std::unordered_map<char, Trees> trees_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::dynamodb
