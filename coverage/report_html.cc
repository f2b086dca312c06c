#include <fmt/format.h>

#include <kainjow/mustache.hpp>

#include "base/file.h"
#include "coverage/report.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
namespace mustache = kainjow::mustache;

constexpr char kStyle[] = R"(
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #222; }
table { border-collapse: collapse; }
th, td { padding: .25em 1em; text-align: right; }
th:first-child, td:first-child { text-align: left; }
tr.total { border-top: 1px solid #888; font-weight: bold; }
pre { font: 13px/1.4 ui-monospace, monospace; margin: 0; }
pre span { display: block; min-height: 1.4em; }
pre span::before { content: attr(data-line); display: inline-block; width: 4em; color: #888; }
.without-faults { background: #dff3df; }
.only-under-faults { background: #ffe9b8; }
.never { background: #fbdcdc; }
.legend span { padding: .1em .6em; margin-right: .6em; }
)";

constexpr char kIndex[] = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Coverage under faults</title>
<style>{{{style}}}</style></head><body>
<h1>Coverage under faults</h1>
{{^known}}<p>The data of the fault-free execution is not there: what needed faults is not known.</p>{{/known}}
<table>
<tr><th>file</th><th>lines</th><th>without faults</th><th>all faults</th><th>only under faults</th></tr>
{{#files}}<tr><td>{{#page}}<a href="{{page}}">{{name}}</a>{{/page}}{{^page}}{{name}}{{/page}}</td><td>{{lines}}</td><td>{{without}}</td><td>{{all}}</td><td>{{only}}</td></tr>
{{/files}}<tr class="total"><td>total</td><td>{{lines}}</td><td>{{without}}</td><td>{{all}}</td><td>{{only}}</td></tr>
</table>
</body></html>
)";

constexpr char kPage[] = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{name}}</title>
<style>{{{style}}}</style></head><body>
<p><a href="{{index}}">all files</a></p>
<h1>{{name}}</h1>
<p class="legend"><span class="without-faults">{{#known}}reached without faults{{/known}}{{^known}}reached{{/known}}</span>
{{#known}}<span class="only-under-faults">reached only under faults</span>{{/known}}
<span class="never">never reached</span></p>
<pre>{{#source}}<span data-line="{{number}}"{{#class}} class="{{class}}"{{/class}}>{{text}}</span>{{/source}}</pre>
</body></html>
)";

std::string ClassOf(const FileCoverage& file, int line) {
  const auto it = file.lines.find(line);
  if (it == file.lines.end()) return "";
  switch (it->second) {
    case Reached::kWithoutFaults:
      return "without-faults";
    case Reached::kOnlyUnderFaults:
      return "only-under-faults";
    case Reached::kNever:
      break;
  }
  return "never";
}

void SetFigures(const Totals& totals, bool knows_fault_free, mustache::data* data) {
  data->set("lines", std::to_string(totals.lines));
  data->set("without",
            knows_fault_free ? Percent(totals.without_faults, totals.lines) : "not known");
  data->set("all", Percent(totals.reached(), totals.lines));
  data->set("only", knows_fault_free ? std::to_string(totals.only_under_faults) : "not known");
}

mustache::data SourceLines(const std::string& source, const FileCoverage& file) {
  mustache::data lines(mustache::data::type::list);
  int number = 0;
  for (size_t begin = 0; begin < source.size();) {
    const size_t end = std::min(source.find('\n', begin), source.size());
    mustache::data line;
    line.set("number", std::to_string(++number));
    line.set("text", source.substr(begin, end - begin));
    if (const std::string css_class = ClassOf(file, number); !css_class.empty()) {
      line.set("class", css_class);
    }
    lines.push_back(line);
    begin = end + 1;
  }
  return lines;
}

std::string IndexFrom(const fs::path& page) {
  return (fs::path("index.html").lexically_relative(page.parent_path())).generic_string();
}

std::expected<std::string, Error> ReadSource(const fs::path& file,
                                             const std::vector<fs::path>& source_directories) {
  std::expected<std::string, Error> source = std::unexpected(Error{});
  for (const fs::path& directory : source_directories) {
    if (!source) source = ReadFile(directory / file);
  }
  return source;
}

}  // namespace

std::expected<void, Error> WriteCoverageHtml(const CoverageReport& report,
                                             const std::vector<fs::path>& source_directories,
                                             const fs::path& output_directory) {
  mustache::mustache page_template(kPage);
  mustache::mustache index_template(kIndex);
  mustache::data rows(mustache::data::type::list);
  for (const FileCoverage& file : report.files) {
    mustache::data row;
    row.set("name", file.file.string());
    SetFigures(TotalsOf(file), report.knows_fault_free, &row);
    if (const auto source = ReadSource(file.file, source_directories)) {
      const fs::path page = file.file.string() + ".html";
      row.set("page", page.generic_string());
      mustache::data data;
      data.set("style", kStyle);
      data.set("name", file.file.string());
      data.set("known", report.knows_fault_free);
      data.set("index", IndexFrom(page));
      data.set("source", SourceLines(*source, file));
      std::error_code error;
      fs::create_directories((output_directory / page).parent_path(), error);
      if (auto written = WriteFile(output_directory / page, page_template.render(data)); !written) {
        return written;
      }
    }
    rows.push_back(row);
  }
  mustache::data index;
  index.set("style", kStyle);
  index.set("known", report.knows_fault_free);
  index.set("files", rows);
  SetFigures(TotalsOf(report.files), report.knows_fault_free, &index);
  std::error_code error;
  fs::create_directories(output_directory, error);
  return WriteFile(output_directory / "index.html", index_template.render(index));
}

}  // namespace filibuster
