namespace Silo.Handlers.Processes;

/// <summary>The system's <c>setsid</c>, which starts a program as the leader of a session of its own, under the same process id.</summary>
/// <remarks>In a session of its own a program is not hit by the terminal's Ctrl-C, and whatever it starts can be signalled as one group.</remarks>
internal static class SessionStarter
{
    public static readonly string[] Places = ["/usr/bin/setsid", "/bin/setsid"];

    public static string? Find() => Array.Find(Places, File.Exists);
}
