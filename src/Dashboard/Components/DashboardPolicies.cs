namespace SentinelHealth.Dashboard.Components;

/// <summary>The authorization policies and addresses that pages and the host agree on.</summary>
public static class DashboardPolicies
{
    /// <summary>May look at every page.</summary>
    public const string View = "View";

    /// <summary>May undo, approve, refuse and use the kill switch.</summary>
    public const string Respond = "Respond";

    /// <summary>May end reviews of emergency access and tasks.</summary>
    public const string Review = "Review";

    /// <summary>May record, read, issue and sign for regulators.</summary>
    public const string Oversee = "Oversee";

    /// <summary>May work on alerts: acknowledge, assign, close, write notes, suppress.</summary>
    public const string Triage = "Triage";

    /// <summary>May say how far detectors and rules are trusted.</summary>
    public const string Engineer = "Engineer";

    /// <summary>May manage accounts and tokens.</summary>
    public const string Administer = "Administer";

    /// <summary>Where people sign in (GET) and where the form of the header posts to sign out.</summary>
    public const string SignInPath = "/sign-in", SignOutPath = "/sign-out";
}
