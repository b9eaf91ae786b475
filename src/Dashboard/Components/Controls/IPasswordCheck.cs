namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>What a person can be asked for on a page.</summary>
public enum PasswordProof
{
    /// <summary>Nothing: they have no password here.</summary>
    None,

    /// <summary>The password.</summary>
    Password,

    /// <summary>The password and a code of their authenticator.</summary>
    PasswordAndCode,
}

/// <summary>How a person proves again who they are, without leaving the page.</summary>
public interface IPasswordCheck
{
    /// <summary>What the person can be asked for.</summary>
    PasswordProof ProofOf(string name);

    /// <summary>Whether password and code, where there is one, are those of the account. Wrong ones count towards its lock.</summary>
    bool IsRight(string name, string password, string code);
}

/// <summary>Nobody has a password: the demonstration.</summary>
internal sealed class NoPasswords : IPasswordCheck
{
    public PasswordProof ProofOf(string name) => PasswordProof.None;

    public bool IsRight(string name, string password, string code) => false;
}
