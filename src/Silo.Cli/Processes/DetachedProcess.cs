using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Silo.Cli.Processes;

/// <summary>A process that lives on when the one that started it ends: in a session of its own, with a log file for its output.</summary>
internal static class DetachedProcess
{
    /// <summary>The shell writes the record before it becomes the program, so there is none that runs unrecorded when its parent is killed just now.</summary>
    private const string Script = """
        log=$1 record=$2 name=$3
        shift 3
        exec >>"$log" 2>&1 </dev/null
        if [ -n "$record" ]; then
          read -r boot </proc/sys/kernel/random/boot_id
          read -r stat </proc/$$/stat
          field=0
          for value in ${stat##*) }; do
            field=$((field + 1))
            [ "$field" -ne 20 ] || start=$value
          done
          printf '%s %s %s %s\n' "$$" "$start" "$boot" "$name" >"$record.new" && mv -f "$record.new" "$record" || exit 1
        fi
        exec setsid "$@"
        """;

    /// <summary>Variables by which a supervisor of the parent is told things; they are not the child's to use.</summary>
    private static readonly string[] SupervisorVariables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    /// <param name="program">The program and its arguments.</param>
    /// <param name="logPath">What it says is appended there.</param>
    /// <param name="environment">Set besides what this process has.</param>
    /// <param name="record">The file that will hold its identity and its name, as <see cref="ReadRecord"/> reads it; null for none.</param>
    /// <param name="name">Without white space.</param>
    /// <exception cref="IOException">The log cannot be written.</exception>
    /// <exception cref="Win32Exception">The process cannot be started.</exception>
    public static Process Start(IEnumerable<string> program, string logPath, IReadOnlyDictionary<string, string> environment, string? record = null, string name = "")
    {
        // A log that cannot be written is told here; the shell could tell nobody.
        using (File.Open(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
        }

        // Redirected, so that the child is never taken for one that uses our terminal; the shell takes the log and /dev/null instead.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", Script, "sh", logPath, record ?? "", name }.Concat(program))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var variable in SupervisorVariables)
        {
            start.Environment.Remove(variable);
        }

        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }

    /// <returns>Who was started and under which name; null when the file is no record.</returns>
    public static (ProcessIdentity Process, string Name)? ReadRecord(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim().Split(' ') is [var id, var ticks, var boot, var name]
                && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? (new ProcessIdentity(process, start, boot), name)
                : null;
        }
        catch (FileNotFoundException)
        {
            // Its manager has just stopped.
            return null;
        }
    }
}
