namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>How a person proves again who they are, without leaving the page.</summary>
public interface IPasswordCheck
{
    /// <summary>Whether people have passwords here at all.</summary>
    bool HasPasswords { get; }

    /// <summary>Whether the password is that of the account. Wrong ones count towards its lock.</summary>
    bool IsRight(string name, string password);
}

/// <summary>Nobody has a password: the demonstration.</summary>
internal sealed class NoPasswords : IPasswordCheck
{
    public bool HasPasswords => false;

    public bool IsRight(string name, string password) => false;
}
