namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>
/// When the person at this browser last gave their password on a page. It lives as long as the page's connection: a page that
/// is loaded anew knows only what its cookie says.
/// </summary>
public sealed class FreshSignIn(IPasswordCheck passwords, DashboardClock clock)
{
    /// <summary>When; null when they have not since the page was loaded.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>What the person can be asked for.</summary>
    public PasswordProof ProofOf(string name) => passwords.ProofOf(name);

    /// <summary>Remembers the moment when password and code are right.</summary>
    public bool TryAgain(string name, string password, string code)
    {
        if (!passwords.IsRight(name, password, code))
            return false;
        At = clock.Now;
        return true;
    }
}
