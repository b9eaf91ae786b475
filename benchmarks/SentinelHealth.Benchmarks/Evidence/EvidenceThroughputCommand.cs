using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Evidence;

/// <summary>What the evidence log costs: durable appends, proofs, and its check from the first entry, beside a plain file.</summary>
internal static class EvidenceThroughputCommand
{
    private const int BodyBytes = 400;

    public static Command Create()
    {
        Option<int> entries = new("--entries") { DefaultValueFactory = _ => 1_000_000, Description = "Entries to append." };
        Option<int> batch = new("--batch") { DefaultValueFactory = _ => 1_000, Description = "Entries a flush." };
        Command command = new("evidence-throughput", "Measures the evidence log: appends, opening, proofs and the independent check.") { entries, batch };
        command.SetAction(parsed =>
        {
            using var folder = new TemporaryFolder();
            Measure(folder, parsed.GetValue(entries), parsed.GetValue(batch));
            return 0;
        });
        return command;
    }

    private static void Measure(TemporaryFolder folder, int entries, int batch)
    {
        var path = folder.File("evidence");
        using (var log = EvidenceLog.Open(path, new EvidenceLogOptions(), []))
            Tell("append, durable batches", entries, () => Append(log, entries, batch));
        Tell("plain file, the same bytes and flushes", entries, () => AppendPlain(folder.File("plain"), entries, batch));
        byte[] root = [];
        Tell("open: read and hash from the first entry", entries, () =>
        {
            using var log = EvidenceLog.Open(path, new EvidenceLogOptions(), []);
            root = log.Root();
        });
        Tell("independent check from the first entry", entries, () =>
        {
            if (LogVerifier.Verify(path, null).Entries != entries)
                throw new InvalidDataException("The check did not read every entry.");
        });
        using var reader = EvidenceReader.Open(path);
        const int Proofs = 10_000;
        var chosen = Enumerable.Range(0, Proofs).Select(i => (long)i * 7_919 % entries).ToList();
        Tell("inclusion proofs made", Proofs, () => chosen.ForEach(number => reader.Inclusion(number, entries)));
        Tell("consistency proofs made", Proofs, () => chosen.ForEach(number => reader.Consistency(number + 1, entries)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"proofHashes\":{chosen.Max(number => reader.Inclusion(number, entries).Count)},\"root\":\"{Convert.ToHexStringLower(root)}\"}}"));
    }

    private static void Append(EvidenceLog log, int entries, int batch)
    {
        var body = Encoding.ASCII.GetBytes($"{{\"text\":\"{new string('x', BodyBytes)}\"}}");
        var salt = RandomNumberGenerator.GetBytes(EvidenceEntry.SaltBytes);
        var records = new List<EvidenceRecord>(batch);
        for (var number = 0; number < entries; number++)
        {
            var entry = new EvidenceEntry(
                number, EvidenceKind.Alert, "alert-1", "inc-1", SomeCase.At, EvidenceEntry.Commit(salt, body));
            records.Add(new EvidenceRecord(entry.ToLeaf(), EvidencePayload.Plain(salt, body)));
            if (records.Count < batch && number < entries - 1)
                continue;
            log.Append(records);
            records.Clear();
        }
    }

    private static void AppendPlain(string path, int entries, int batch)
    {
        using var file = new FileStream(path, FileMode.CreateNew);
        var record = new byte[BodyBytes + 300];
        for (var number = 1; number <= entries; number++)
        {
            file.Write(record);
            if (number % batch == 0)
                file.Flush(flushToDisk: true);
        }
    }

    private static void Tell(string what, long count, Action work)
    {
        var (processor, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
        work();
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"what\":\"{what}\",\"count\":{count},\"seconds\":{watch.Elapsed.TotalSeconds:0.00},\"processorSeconds\":{seconds:0.00},\"perSecond\":{count / watch.Elapsed.TotalSeconds:0}}}"));
    }
}
