using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Tests.Formats.Records;

/// <summary>The records in Golden/, written by hand from the standards, each beside what must become of it.</summary>
internal static class GoldenRecords
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names as <c>fhir/patient-read.json</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".expected.json", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(TestsFolder, "SentinelHealth.Ingest.Tests", "Golden");

    /// <summary>The folder of all tests in the source tree.</summary>
    public static string TestsFolder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SentinelHealth.sln")))
                folder = folder.Parent;
            return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("No solution above the tests."), "tests");
        }
    }

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static string ExpectedPath(string name) => Path.Combine(Folder, name + ".expected.json");

    public static IReadOnlyList<RecordPart> Read(ReadOnlyMemory<byte> record)
    {
        var parts = new List<RecordPart>();
        new RecordReader(new NativeEventDecoder()).Read(record, new SentinelEvent(), parts);
        return parts;
    }

    /// <summary>What became of a record, as people review it. The originals are left out: another test holds them to the bytes.</summary>
    public static string Describe(IEnumerable<RecordPart> parts)
    {
        var list = new JsonArray();
        foreach (var part in parts)
        {
            var shown = new JsonObject { ["within"] = part.Within };
            if (part.IsEvent)
            {
                var record = JsonNode.Parse(part.Payload.Span)!.AsObject();
                record.Remove("original");
                shown["event"] = record;
            }
            else
                shown["rejection"] = $"{part.Rejection.Reason}: {part.Rejection.Detail}";
            list.Add(shown);
        }
        return list.ToJsonString(Indented) + "\n";
    }

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
