#include "base/check.h"

#include <fmt/format.h>

namespace offstage {

void ReportInternalBug(const char* file, int line, const char* condition,
                       const std::string& what_must_be_true) {
  throw InternalBug(
      fmt::format("{}:{}: {} (`{}` was false); please report this as a bug of offstage", file, line,
                  what_must_be_true, condition));
}

}  // namespace offstage
