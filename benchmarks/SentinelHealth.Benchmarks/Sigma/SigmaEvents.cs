using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Benchmarks.Decoding;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Sigma;

/// <summary>Records to match: Windows events of attacks, everyday ones made from them, and our own kinds.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Map">Where their fields are.</param>
/// <param name="Lines">JSON, one record each.</param>
internal sealed record SigmaEvents(string Name, SigmaFieldMap Map, IReadOnlyList<byte[]> Lines)
{
    private const int CopiesOfEach = 40, OwnOfEach = 2_000;

    /// <summary>What everyday events hold instead of an attack's texts; lengths are those of a workstation's log.</summary>
    private static readonly string[] Everyday =
    [
        @"C:\Windows\System32\svchost.exe", @"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule",
        @"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE", @"C:\Windows\explorer.exe",
        @"""C:\Program Files\Google\Chrome\Application\chrome.exe"" --type=renderer --lang=en-US --raster-threads=4",
        @"C:\Program Files\WindowsApps\MSTeams\ms-teams.exe",
        @"HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\S-1-5-21",
        @"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2\MsMpEng.exe", @"NT AUTHORITY\SYSTEM", @"HOSPITAL\anna.smith",
        "SHA256=7F2C0F2B3E54FA9A1D2E8F6C0B9D1A53E7F64C2B0A98D7E6F5C4B3A291807F6E,IMPHASH=00000000000000000000000000000000",
        "10.12.4.77", "outlook.office365.com", "Microsoft Corporation", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}",
    ];

    /// <summary>Every event of the corpus' regression cases.</summary>
    public static SigmaEvents Attacks(string corpus) => new("Windows events of attacks", SigmaFieldMap.Windows,
        [.. Directory.EnumerateFiles(Path.Combine(corpus, "regression_data"), "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).SelectMany(Read)]);

    /// <summary>The same events with everyday texts: channel, number and fields stay, so that the same rules are asked.</summary>
    public static SigmaEvents EverydayOf(SigmaEvents attacks, int seed)
    {
        var random = new Random(seed);
        return attacks with
        {
            Name = "everyday Windows events",
            Lines = [.. attacks.Lines.SelectMany(line => Enumerable.Range(0, CopiesOfEach).Select(_ => Tame(line, random)))],
        };
    }

    /// <summary>Our own kinds, as JSON.</summary>
    public static SigmaEvents Own() => new("ledger transactions and biometric queries", SigmaFieldMap.Plain,
        [.. Enumerable.Concat(
            NativeNdjson.Of(EventKind.LedgerTransaction).Records.Take(OwnOfEach),
            NativeNdjson.Of(EventKind.BiometricQuery).Records.Take(OwnOfEach))
            .Select(record => record.ToArray())]);

    private static byte[] Tame(byte[] line, Random random)
    {
        var root = JsonNode.Parse(line)!;
        if (root["Event"]?["EventData"] is JsonObject data)
        {
            string[] texts = [.. data.Where(member => member.Value?.GetValueKind() == JsonValueKind.String).Select(member => member.Key)];
            foreach (var name in texts)
                data[name] = Everyday[random.Next(Everyday.Length)];
        }
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static IEnumerable<byte[]> Read(string path)
    {
        var events = new List<byte[]>();
        var reader = new Utf8JsonReader(File.ReadAllBytes(path), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            var node = JsonNode.Parse(ref reader);
            events.AddRange((node is JsonArray list ? list : [node]).Select(one => Encoding.UTF8.GetBytes(one!.ToJsonString())));
        }
        return events;
    }
}
