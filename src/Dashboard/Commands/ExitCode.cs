namespace SentinelHealth.Dashboard.Commands;

/// <summary>What every command ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Problems = 1;
    public const int WrongUsage = 2;
}
