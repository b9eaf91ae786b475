using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>baseline export</c>: this site's contribution.</summary>
internal static class BaselineExport
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var input = new Option<string>("--input") { Description = "Native events, NDJSON; - is standard input.", Required = true };
        var site = new Option<string>("--site") { Description = "This site's name, as the others know it.", Required = true };
        var key = new Option<string>("--key") { Description = "This site's private key (ECDSA, PEM).", Required = true };
        var output = new Option<string>("--out") { Description = "Where the contribution goes.", Required = true };
        var epsilon = new Option<double>("--epsilon") { Description = "What it may tell about a person. Default 3.", DefaultValueFactory = _ => 3 };
        var delta = new Option<double>("--delta") { Description = "The probability left out of that promise. Default 0.000001.", DefaultValueFactory = _ => 1e-6 };
        var (data, config, ledger) = (SharedOptions.Data(), SharedOptions.Config(), new BaselineLedger());
        var export = new Command("export", "Makes this site's contribution: counts by role, clipped, blurred and signed.")
        {
            input, site, key, output, epsilon, delta, data, config, ledger.Endpoint, ledger.Deployment, ledger.Account,
        };
        export.SetAction(async (parsed, cancel) =>
        {
            var name = parsed.GetRequiredValue(site);
            if (!Contribution.IsSiteName(name))
                throw new UsageException($"--site {name}: 1 to 64 letters, digits, dots, dashes and underscores.");
            var cost = CostOf(parsed.GetValue(epsilon), parsed.GetValue(delta));
            using var signer = BaselineStore.ReadKey(parsed.GetRequiredValue(key));
            using var documents = BaselineCommand.Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            var store = new BaselineStore(documents);
            var account = store.ReadAccount();
            if (account.EpsilonAfter(cost) > account.EpsilonMax)
                return await SpentAsync(surroundings, account, cost);
            var (builder, unreadable) = await CountAsync(parsed.GetRequiredValue(input), surroundings, cancel);
            var signed = Sign(builder, name, account.NextRound, cost, signer);
            // Paid before it is published: a crash between costs a round, never a promise.
            store.Write(account.Spend(account.NextRound, cost, signed.Digest));
            CommandFiles.Replace(parsed.GetRequiredValue(output), stream => stream.Write(signed.ToBytes()));
            var transaction = await ledger.RegisterAsync(parsed, signed, surroundings, cancel);
            await BaselineCommand.WriteAsync(surroundings, new
            {
                signed.Digest,
                signed.Contribution.Round,
                Roles = signed.Contribution.Roles.Select(role => role.Role),
                People = builder.ActorCount,
                Unreadable = unreadable,
                cost.Epsilon,
                cost.Delta,
                store.ReadAccount().EpsilonSpent,
                account.EpsilonMax,
                Transaction = transaction,
            });
            return ExitCode.Done;
        });
        return export;
    }

    private static SignedContribution Sign(ContributionBuilder builder, string site, long round, PrivacyCost cost, ECDsa signer)
    {
        var bits = new byte[sizeof(ulong)];
        var noise = new DiscreteGaussian(() =>
        {
            RandomNumberGenerator.Fill(bits);
            return BitConverter.ToUInt64(bits);
        });
        try
        {
            return SignedContribution.Sign(builder.Build(site, round, cost, noise), signer);
        }
        catch (Exception fault) when (fault is InvalidOperationException or CryptographicException)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
    }

    private static async Task<(ContributionBuilder Builder, long Unreadable)> CountAsync(
        string path, CommandSurroundings surroundings, CancellationToken cancel)
    {
        await using var input = new CommandFiles(surroundings).OpenInput(path);
        var builder = new ContributionBuilder(new DetectionOptions());
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        var unreadable = 0L;
        using var reader = new NdjsonReader(input, new NdjsonLimits());
        await Progress.ShowAsync(surroundings, "Counting", input, async () =>
        {
            while (await reader.ReadAsync(cancel) || reader.TryTakeRest())
            {
                if (reader.Current.Oversized is null && decoder.TryDecode(reader.Current.Payload, observed, out _))
                    builder.Observe(observed);
                else
                    unreadable++;
            }
        });
        return (builder, unreadable);
    }

    private static PrivacyCost CostOf(double epsilon, double delta)
    {
        try
        {
            return PrivacyCost.Of(epsilon, delta);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new UsageException("--epsilon must lie between 0.01 and 20, --delta between 1e-12 and 0.01.");
        }
    }

    private static async Task<int> SpentAsync(CommandSurroundings surroundings, PrivacyAccount account, PrivacyCost cost)
    {
        await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"The export would bring epsilon to {account.EpsilonAfter(cost):0.##}; the account allows {account.EpsilonMax:0.##} in all. Nothing was published."));
        return ExitCode.Problems;
    }
}
