// Requests and replies of the hosted pages: parameters, cookies, HTML text. Internal to hosted/.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/html.h"
#include "http/message.h"

namespace offstage::cognito {

using Parameters = std::map<std::string, std::string>;

// Of a query or a form; the last value of a name wins.
Parameters ParseParameters(std::string_view text);
std::string ParameterOf(const Parameters& parameters, const std::string& name);
// "a=b&c=d", encoded.
std::string ToQuery(const Parameters& parameters);

// The cookie's value, or "".
std::string CookieOf(const http::Request& request, std::string_view name);

http::Reply Redirect(const std::string& location);
// A page of the product's look around `content` (HTML).
http::Reply HtmlPage(int status, std::string_view title, const std::string& content);
// {"error": code}, as OAuth 2.0 endpoints answer; pages of other origins may read it.
http::Reply OAuthError(int status, std::string_view code);

}  // namespace offstage::cognito
