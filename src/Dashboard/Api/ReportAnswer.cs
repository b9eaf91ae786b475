using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Api;

/// <summary>A report as an answer, in the format that was asked for.</summary>
internal static class ReportAnswer
{
    /// <summary>Html (the default, shown), pdf, json or csv (kept as files).</summary>
    public static IResult Of(SignedReport report, string? format, HttpResponse response)
    {
        var name = $"{report.Document.Id.Replace('/', '-')}-v{report.Version}".Replace('"', '_');
        switch (format)
        {
            case null or "" or "html":
                // The page's own policy would forbid the file its style; the file brings a stricter one, and a sandbox is added.
                response.HttpContext.Items[ResponseHeaders.ReportMark] = true;
                return Results.Bytes(ReportHtml.Render(report), "text/html; charset=utf-8");
            case "pdf":
                return Results.File(ReportPdf.Render(report), "application/pdf", name + ".pdf");
            case "json":
                return Results.File(ReportFormats.Json(report), "application/json", name + ".json");
            case "csv":
                return Results.File(ReportFormats.Csv(report), "text/csv; charset=utf-8", name + ".csv");
            default:
                return Problems.Of(StatusCodes.Status400BadRequest, "There is no such format.", "Formats are html, pdf, json and csv.");
        }
    }
}
