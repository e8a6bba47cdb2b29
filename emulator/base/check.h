// OFFSTAGE_CHECK: what must be true unless the program itself has a bug. Never
// for user input.
#pragma once

#include <stdexcept>
#include <string>

namespace offstage {

// Thrown by OFFSTAGE_CHECK only. Caught at request boundaries (500 and a log
// line), at thread roots and by main (exit code 70).
class InternalBug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void ReportInternalBug(const char* file, int line, const char* condition,
                                    const std::string& what_must_be_true);

}  // namespace offstage

#define OFFSTAGE_CHECK(condition, what_must_be_true)                                    \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      ::offstage::ReportInternalBug(__FILE__, __LINE__, #condition, what_must_be_true); \
    }                                                                                   \
  } while (false)
