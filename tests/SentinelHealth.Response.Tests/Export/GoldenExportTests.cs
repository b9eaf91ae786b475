using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Export;
using SentinelHealth.Response.Tests.Reports;

namespace SentinelHealth.Response.Tests.Export;

/// <summary>
/// Exports that change only on purpose: other systems are configured for them. <c>SENTINEL_APPROVE=1</c> writes what the code does now; the
/// difference is then read and committed with the change that caused it.
/// </summary>
public sealed class GoldenExportTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Formats => [.. CaseExport.Formats];

    [Theory]
    [MemberData(nameof(Formats))]
    public void An_export_is_to_the_byte_what_was_approved(string format)
    {
        var text = CaseExport.Of(SampleCase.Dossier(3, "A node that is not registered asked for records of 20 patients in 4 minutes."), format);
        var shown = format == "cef" ? text : string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(document => JsonNode.Parse(document)!.ToJsonString(Indented))) + "\n";
        var path = Path.Combine(Folder(), format + (format == "cef" ? ".txt" : ".json"));
        if (Environment.GetEnvironmentVariable("SENTINEL_APPROVE") == "1")
            File.WriteAllText(path, shown);

        Assert.True(File.Exists(path), $"{format} was never approved.");
        Assert.Equal(File.ReadAllText(path), shown);
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(here)!, "Golden")).FullName;
}
