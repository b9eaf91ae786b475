using SentinelHealth.Dashboard.Components.Controls;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Passwords of the local accounts, counted and locked as at the form of the sign-in.</summary>
internal sealed class PasswordCheck(SignIns signIns) : IPasswordCheck
{
    public bool HasPasswords => true;

    public bool IsRight(string name, string password) => signIns.Check(name, password) is not null;
}
