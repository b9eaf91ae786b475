using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Benchmarks.Evidence;

/// <summary>Alters packs of simulated networks in every way and counts what the verifier does not notice, or blames on the wrong stage.</summary>
internal static class EvidenceMutationCommand
{
    private const int ShownMax = 5;

    public static Command Create()
    {
        Option<int> packs = new("--packs") { DefaultValueFactory = _ => 100, Description = "Packs, of as many networks as it takes." };
        Option<int> mutations = new("--mutations") { DefaultValueFactory = _ => 10_000, Description = "Mutations in all." };
        Option<int> seed = new("--seed") { DefaultValueFactory = _ => 1, Description = "Chooses the first network and the mutations." };
        Option<string?> sample = new("--sample") { Description = "Instead: writes the largest pack of the first network to this file." };
        Command command = new("evidence-mutations", "Looks for mutations of evidence packs that are not noticed.") { packs, mutations, seed, sample };
        command.SetAction((parsed, _) => parsed.GetValue(sample) is { } path
            ? SampleAsync(path, parsed.GetValue(seed))
            : RunAsync(parsed.GetValue(packs), parsed.GetValue(mutations), parsed.GetValue(seed)));
        return command;
    }

    private static async Task<int> SampleAsync(string path, int seed)
    {
        await using var bench = await EvidenceBench.RunAsync(seed, eventsPerDay: 2_500);
        var packs = await bench.PacksAsync(packsMax: 50);
        // The one with most stages, and among those the smallest: it is to be read.
        var chosen = packs.OrderByDescending(pack => PackMutator.Read(pack).Count(file => file.Key.EndsWith("/entries.ndjson", StringComparison.Ordinal)
            && file.Value.Length > 0)).ThenBy(pack => pack.Length).First();
        await File.WriteAllBytesAsync(path, chosen);
        return 0;
    }

    private static async Task<int> RunAsync(int packsWanted, int mutations, int seed)
    {
        var packs = new List<byte[]>();
        var networks = 0;
        for (; packs.Count < packsWanted; networks++)
        {
            await using var bench = await EvidenceBench.RunAsync(seed + networks, eventsPerDay: 2_500);
            packs.AddRange((await bench.PacksAsync(packsMax: 25)).Take(packsWanted - packs.Count));
        }
        var unsound = packs.Count(pack => !PackVerifier.Verify(pack, new PackTrust()).IsGood);
        var mutator = new PackMutator(seed);
        var (done, missed, misnamed, watch) = (0, 0, 0, Stopwatch.StartNew());
        for (var i = 0; done < mutations; i++)
        {
            if (mutator.Next(packs[i % packs.Count]) is not { } mutated)
                continue;
            done++;
            var verdict = PackVerifier.Verify(mutated.Pack, new PackTrust());
            missed += verdict.IsGood ? 1 : 0;
            misnamed += verdict.BrokenStage != mutated.Stage ? 1 : 0;
            if (verdict.BrokenStage != mutated.Stage && misnamed <= ShownMax)
                Console.WriteLine($"{mutated.What}: named \"{verdict.BrokenStage}\"");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"packs\":{packs.Count},\"networks\":{networks},\"packBytes\":{(long)packs.Average(pack => pack.Length)},\"refusedUnaltered\":{unsound},\"mutations\":{done},\"missed\":{missed},\"misnamed\":{misnamed},\"seconds\":{watch.Elapsed.TotalSeconds:0.0}}}"));
        return unsound + missed + misnamed == 0 ? 0 : 1;
    }
}
