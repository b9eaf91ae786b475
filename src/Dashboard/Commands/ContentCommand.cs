using System.CommandLine;
using SentinelHealth.Dashboard.Content;
using SentinelHealth.Response.Custody;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>content sign|check</c>: signed folders of rules and playbooks.</summary>
internal static class ContentCommand
{
    public static Command Create(CommandSurroundings surroundings) => new("content", "Signed folders of rules and playbooks.")
    {
        Sign(surroundings),
        Check(surroundings),
    };

    private static Command Sign(CommandSurroundings surroundings)
    {
        var (folder, kind) = (Folder(), Kind());
        var keys = new Option<string>("--keys") { Description = "Folder of the signing key, made when there is none; keep it elsewhere.", Required = true };
        var version = new Option<long>("--content-version")
        {
            Description = "Its version; grows with each bundle.",
            Required = true
        };
        var sign = new Command("sign", "Signs everything in a folder.") { folder, kind, version, keys };
        sign.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(folder);
            try
            {
                var signer = FileSigner.Open(Path.GetFullPath(parsed.GetRequiredValue(keys)), SigningAlgorithm.EcdsaP256);
                var manifest = SignedContent.Sign(path, parsed.GetRequiredValue(kind), parsed.GetRequiredValue(version), signer);
                await surroundings.Output.WriteLineAsync(
                    $"signed    {manifest.Files.Count} files as version {manifest.Version} of the {manifest.Kind} with the key {signer.Keys[^1].Id}");
                return ExitCode.Done;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or EvidenceTamperedException)
            {
                throw new UsageException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
            }
        });
        return sign;
    }

    private static Command Check(CommandSurroundings surroundings)
    {
        var (folder, kind) = (Folder(), Kind());
        var trust = new Option<string[]>("--trust")
        {
            Description = "A key that is trusted; may be given more than once.",
            Required = true
        };
        var check = new Command("check", "Holds a folder against its signature.") { folder, kind, trust };
        check.SetAction(async (parsed, _) =>
        {
            var (manifest, problem) = SignedContent.Check(
                parsed.GetRequiredValue(folder), parsed.GetRequiredValue(kind), parsed.GetRequiredValue(trust));
            await surroundings.Output.WriteLineAsync(manifest is null
                ? $"refused   {problem}" : $"verified  {manifest.Files.Count} files, version {manifest.Version} of the {manifest.Kind}");
            return manifest is null ? ExitCode.Problems : ExitCode.Done;
        });
        return check;
    }

    private static Option<string> Folder() => new("--folder") { Description = "The folder.", Required = true };

    private static Option<string> Kind() => new("--kind") { Description = "What it holds: rules or playbooks.", Required = true };
}
