using System.Globalization;
using System.Text.Json.Serialization;

namespace Silo.Cli.Processes;

/// <summary>A process of this machine and of no other time: its id may be given again, its start in ticks since the boot may not, and a boot has an id of its own.</summary>
/// <remarks>From Linux's <c>/proc</c>. A process keeps its identity when it becomes another program.</remarks>
internal readonly record struct ProcessIdentity(int Id, long StartTicks, string Boot)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Field 22 of <c>/proc/PID/stat</c> is the start; the fields are counted here from the state, which is the third.</summary>
    private const int StartField = 19;

    /// <summary>Whether this process is there, and has not ended in the meantime to leave its exit code behind.</summary>
    [JsonIgnore]
    public bool IsAlive => Of(Id) == this;

    /// <returns>Null when no process has this id, or it has ended.</returns>
    public static ProcessIdentity? Of(int process) =>
        StatFields(process) is { } fields && fields[0] is not ("Z" or "X") && long.TryParse(fields[StartField], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessIdentity(process, ticks, File.ReadAllText(BootFile).Trim())
            : null;

    /// <returns>The fields of <c>/proc/PID/stat</c> from the state on; null when there is no such process.</returns>
    internal static string[]? StatFields(int process)
    {
        try
        {
            // The second field is the program's name in parentheses and may contain anything, parentheses too.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
