namespace Silo.Handlers.Processes;

/// <summary>Settings of the <c>process</c> handler, which is off until a program is allowed.</summary>
public sealed class ProcessHandlerOptions
{
    private const int OutputBytesMaxMax = 80 * 1024;

    /// <summary>
    /// Absolute paths of the programs that tasks may run, with any arguments: a shell or an interpreter among them allows everything.
    /// Default none: then this process offers no <c>process</c>.
    /// </summary>
    public IList<string> Allowed { get; } = [];

    /// <summary>Names of environment variables that tasks may set. Default none.</summary>
    public IList<string> TaskEnvironment { get; } = [];

    /// <summary>Names of environment variables that programs get from this process. Default <c>PATH</c>, <c>LANG</c> and <c>TZ</c>.</summary>
    public IList<string> InheritedEnvironment { get; } = ["PATH", "LANG", "TZ"];

    /// <summary>Bytes kept of each output stream, the last ones. Default 64 KiB; at most 80 KiB, so that both fit into a task's result.</summary>
    public int OutputBytesMax { get; set; } = 64 * 1024;

    /// <summary>From SIGTERM to SIGKILL when a task is to stop. Default 2 s; zero kills at once.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Everything that is wrong with the settings.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Allowed.Count > 0 && !OperatingSystem.IsLinux())
            yield return $"{nameof(Allowed)} names programs, but process tasks need Linux: only there can all processes of a task be found and ended.";
        else if (Allowed.Count > 0 && SessionStarter.Find() is null)
            yield return $"{nameof(Allowed)} names programs, but there is no {string.Join(" and no ", SessionStarter.Places)}: install util-linux or BusyBox.";
        foreach (var program in Allowed.Where(program => !Path.IsPathFullyQualified(program) || !File.Exists(program)))
            yield return $"'{program}' in {nameof(Allowed)} is not the absolute path of a program that exists.";
        foreach (var name in TaskEnvironment.Concat(InheritedEnvironment).Where(name => !ProcessTaskHandler.IsVariableName(name)))
            yield return $"'{name}' is no name of an environment variable.";
        if (OutputBytesMax is < 1 or > OutputBytesMaxMax)
            yield return $"{nameof(OutputBytesMax)} {OutputBytesMax} is not from 1 to {OutputBytesMaxMax}.";
        if (StopGrace < TimeSpan.Zero || StopGrace > TimeSpan.FromMinutes(1))
            yield return $"{nameof(StopGrace)} {StopGrace} is not from zero to a minute.";
    }
}
