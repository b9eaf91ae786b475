using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

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
        command.SetAction(async (parsed, _) =>
        {
            using var folder = new TemporaryFolder();
            Measure(folder, parsed.GetValue(entries), parsed.GetValue(batch));
            await MeasurePacksAsync();
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
        var proofs = chosen.Select(number =>
            (Number: number, Leaf: reader.Read(number).Leaf, Path: reader.Inclusion(number, entries))).ToList();
        Tell("inclusion proofs checked by the other verifier", Proofs, () => proofs.ForEach(proof =>
        {
            if (!TreeCheck.Includes(TreeCheck.Leaf(proof.Leaf.Span), proof.Number, entries, proof.Path, root))
                throw new InvalidDataException("A proof does not hold.");
        }));
        Tell("instants found in the log", Proofs, () => chosen.ForEach(number => reader.FirstFrom(At(number), entries)));
        var read = Math.Min(entries, 100_000);
        Tell("entries of a period read one after another", read, () =>
        {
            for (var number = 0; number < read; number++)
                _ = EvidenceEntry.FromLeaf(reader.Read(number).Leaf);
        });
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
                number, EvidenceKind.Alert, "alert-1", "inc-1", At(number), EvidenceEntry.Commit(salt, body));
            records.Add(new EvidenceRecord(entry.ToLeaf(), EvidencePayload.Plain(salt, body)));
            if (records.Count < batch && number < entries - 1)
                continue;
            log.Append(records);
            records.Clear();
        }
    }

    private static DateTimeOffset At(long number) => SomeCase.At.AddSeconds(number);

    /// <summary>Packs of every incident of a simulated network: how large they are and how long a stranger takes to check one.</summary>
    private static async Task MeasurePacksAsync()
    {
        const int PacksMax = 100;
        await using var bench = await EvidenceBench.RunAsync(seed: 1);
        IReadOnlyList<byte[]> packs = [];
        var watch = Stopwatch.StartNew();
        packs = await bench.PacksAsync(PacksMax);
        var made = watch.Elapsed.TotalMilliseconds / packs.Count;
        var sizes = packs.Select(pack => pack.Length).Order().ToList();
        Tell("packs checked by the other verifier", packs.Count, () =>
        {
            foreach (var pack in packs)
            {
                if (!PackVerifier.Verify(pack, new PackTrust()).IsGood)
                    throw new InvalidDataException("A pack does not verify.");
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"packs\":{packs.Count},\"millisecondsToMakeEach\":{made:0.0},\"bytesMin\":{sizes[0]},\"bytesMedian\":{sizes[sizes.Count / 2]},\"bytesMax\":{sizes[^1]}}}"));
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
