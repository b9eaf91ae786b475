namespace SentinelHealth.Architecture.Tests;

/// <summary>
/// Texts that change only on purpose. <c>SENTINEL_APPROVE=1 ./test Architecture</c> writes what the code does now; the
/// difference is then read and committed with the change that caused it.
/// </summary>
internal static class Approval
{
    public static void Matches(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests/SentinelHealth.Architecture.Tests/Approved", name);
        var text = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("SENTINEL_APPROVE") == "1")
            File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"{name} was never approved. See {nameof(Approval)}.");
        var approved = File.ReadAllText(path);
        if (approved != text)
            Assert.Fail($"{name} differs from what was approved (SENTINEL_APPROVE=1 accepts it):\n{Differences(approved, text)}");
    }

    private static string Differences(string approved, string actual)
    {
        var before = approved.Split('\n');
        var after = actual.Split('\n');
        return string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(60));
    }
}
