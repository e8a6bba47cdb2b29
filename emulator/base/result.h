// Result<T, E>: a value or an error, in place of std::expected, which g++ 12
// and clang 14 lack in C++20 mode. Implicit from a value; failed by `return
// Fail(E{...})`; passed on by OFFSTAGE_TRY.
//
//   Result<int> Parse(std::string_view text) {
//     if (text.empty()) return Fail(Error{"empty number"});
//     OFFSTAGE_TRY(const Token token, Scan(text));   // returns Scan's error,
//     if any return token.value;
//   }
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace offstage {

template <typename E>
struct Failure {
  E error;
};

// Wraps an error so that a Result of any value type can be made from it.
template <typename E>
Failure<std::decay_t<E>> Fail(E&& error) {
  return {std::forward<E>(error)};
}

// Stands for "nothing to return" in Result<Unit>.
struct Unit {};

// Thread-compatible. Asking for the value of a failed result, or for the error
// of a good one, is a bug of ours and throws InternalBug.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  using ValueType = T;
  using ErrorType = E;

  // Implicit on purpose: `return value;` and `return Fail(error);`.
  template <typename U = T, typename = std::enable_if_t<std::is_convertible_v<U&&, T>>>
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT
  template <typename F, typename = std::enable_if_t<std::is_convertible_v<F, E>>>
  Result(Failure<F> failure)  // NOLINT
      : state_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    OFFSTAGE_CHECK(ok(), "a failed result has no value");
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    OFFSTAGE_CHECK(ok(), "a failed result has no value");
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    OFFSTAGE_CHECK(ok(), "a failed result has no value");
    return std::move(*std::get_if<0>(&state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const E& error() const& {
    OFFSTAGE_CHECK(!ok(), "a good result has no error");
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    OFFSTAGE_CHECK(!ok(), "a good result has no error");
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, E> state_;
};

using Status = Result<Unit>;

// A good Status, or a good Outcome<Unit>.
inline Unit Ok() {
  return {};
}

}  // namespace offstage

#define OFFSTAGE_CONCAT_INNER(a, b) a##b
#define OFFSTAGE_CONCAT(a, b) OFFSTAGE_CONCAT_INNER(a, b)
#define OFFSTAGE_TRY_INNER(result, declaration, expression)             \
  auto result = (expression);                                           \
  if (!result.ok()) return ::offstage::Fail(std::move(result).error()); \
  declaration = std::move(result).value()

// OFFSTAGE_TRY(const T name, expression): declares `name` with the value, or
// returns the error. A type with a comma needs an alias or `auto`.
#define OFFSTAGE_TRY(declaration, ...) \
  OFFSTAGE_TRY_INNER(OFFSTAGE_CONCAT(offstage_try_, __COUNTER__), declaration, (__VA_ARGS__))

// Returns the error of a Result whose value does not matter.
#define OFFSTAGE_TRY_VOID(...) \
  OFFSTAGE_TRY_VOID_INNER(OFFSTAGE_CONCAT(offstage_try_, __COUNTER__), (__VA_ARGS__))
#define OFFSTAGE_TRY_VOID_INNER(result, expression)                       \
  do {                                                                    \
    auto result = (expression);                                           \
    if (!result.ok()) return ::offstage::Fail(std::move(result).error()); \
  } while (false)
