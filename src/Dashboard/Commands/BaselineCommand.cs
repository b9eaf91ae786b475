using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>baseline export|merge|remove|show</c>: habits that sites share without sharing events.</summary>
internal static class BaselineCommand
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(CommandSurroundings surroundings) =>
        new("baseline", "Habits of roles that sites share without sharing events.")
        {
            BaselineExport.Create(surroundings), Merge(surroundings), Remove(surroundings), Show(surroundings),
        };

    private static Command Merge(CommandSurroundings surroundings)
    {
        var file = new Argument<string>("file") { Description = "Another site's contribution." };
        var trust = new Option<string?>("--trust") { Description = "The site's public key (PEM): needed the first time." };
        var without = new Option<bool>("--without-ledger") { Description = "Do not ask the ledger whether the site registered it." };
        var (data, config, ledger) = (SharedOptions.Data(), SharedOptions.Config(), new BaselineLedger());
        var merge = new Command("merge", "Lets another site's contribution in, when it is whole, registered and plausible.")
        {
            file, trust, without, data, config, ledger.Endpoint, ledger.Deployment,
        };
        merge.SetAction(async (parsed, cancel) =>
        {
            using var documents = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            var store = new BaselineStore(documents);
            var signed = BaselineStore.ReadFile(parsed.GetRequiredValue(file));
            using var key = KeyFor(signed.Contribution.Site, parsed.GetValue(trust), store);
            if (await ledger.IsRegisteredAsync(parsed, signed, surroundings, cancel) is not { } isRegistered)
                isRegistered = parsed.GetValue(without) ? true : throw new UsageException("merge takes --ledger or --without-ledger.");
            var refusals = BaselineMerge.Refusals(
                signed, key, isRegistered, [.. store.Read().Select(other => other.Contribution)]);
            foreach (var refusal in refusals)
                await surroundings.Error.WriteLineAsync($"{signed.Contribution.Site}: {refusal}");
            if (refusals.Count > 0)
                return ExitCode.Problems;
            store.Keep(signed, key);
            await WriteAsync(surroundings, Summary(signed));
            return ExitCode.Done;
        });
        return merge;
    }

    private static Command Remove(CommandSurroundings surroundings)
    {
        var site = new Argument<string>("site") { Description = "The site whose contribution goes." };
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var remove = new Command("remove", "Takes a site's contribution out: what stays is as if it had never been there.") { site, data, config };
        remove.SetAction(async (parsed, _) =>
        {
            using var documents = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            var (name, store) = (parsed.GetRequiredValue(site), new BaselineStore(documents));
            if (!store.Remove(name))
                throw new UsageException($"{name}: There is no contribution of this site.");
            await WriteAsync(surroundings, new { Removed = name, Sites = store.Read().Select(other => other.Contribution.Site) });
            return ExitCode.Done;
        });
        return remove;
    }

    private static Command Show(CommandSurroundings surroundings)
    {
        var (data, config) = (SharedOptions.Data(), SharedOptions.Config());
        var show = new Command("show", "Sites whose contributions are in use, and what this site has published, as JSON.") { data, config };
        show.SetAction(async (parsed, _) =>
        {
            using var documents = Open(parsed.GetRequiredValue(data), parsed.GetValue(config));
            var store = new BaselineStore(documents);
            var account = store.ReadAccount();
            await WriteAsync(surroundings, new
            {
                Sites = store.Read().Select(Summary),
                Published = new { account.EpsilonSpent, account.EpsilonMax, account.Delta, account.Spendings },
            });
            return ExitCode.Done;
        });
        return show;
    }

    /// <summary>Where contributions are: in the data folder, or in the database that several processes share.</summary>
    public static IDocuments Open(string folder, string? config)
    {
        var settings = SettingsFile.ReadValid(SettingsFile.Read(config));
        try
        {
            return settings.Storage.OpenDocuments(folder);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or System.Data.Common.DbException)
        {
            throw new UsageException(fault.Message.ReplaceLineEndings(" "));
        }
    }

    private static ECDsa KeyFor(string site, string? trusted, BaselineStore store)
    {
        var known = store.KeyOf(site);
        if (trusted is null)
            return known ?? throw new UsageException($"{site}: This site is not known yet; give its public key with --trust.");
        var given = BaselineStore.ReadKey(trusted);
        using (known)
        {
            return known is null || known.ExportSubjectPublicKeyInfoPem() == given.ExportSubjectPublicKeyInfoPem()
                ? given
                : throw new UsageException($"{site}: This site is known by another key. Remove its .pem below baselines if it has changed.");
        }
    }

    private static object Summary(SignedContribution signed) => new
    {
        signed.Contribution.Site,
        signed.Contribution.Round,
        signed.Contribution.From,
        signed.Contribution.To,
        signed.Digest,
        signed.Contribution.Cost.Epsilon,
        signed.Contribution.Cost.Delta,
        Roles = signed.Contribution.Roles.Select(role => new { role.Role, People = role.Units / BaselineSchema.UnitsPerActor }),
    };

    /// <summary>A command's answer, as JSON.</summary>
    public static Task WriteAsync(CommandSurroundings surroundings, object answer) =>
        surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(answer, Web));
}
