namespace Silo.Core.Tasks;

/// <summary>The bounds of one task; what exceeds them is refused at the door with the field's name.</summary>
public static class TaskLimits
{
    public const int PriorityMin = 0;
    public const int PriorityMax = 100;
    public const int PriorityDefault = 50;
    public const int PayloadBytesMax = 1024 * 1024;
    public const int ResultBytesMax = 1024 * 1024;
    public const int ErrorMessageLengthMax = 4096;
    public const int NameLengthMax = 128;
    public const int KeyLengthMax = 256;
    public const int LabelsMax = 32;
    public const int LabelValueLengthMax = 256;
    public const int AttemptsMaxMax = 1000;
    public const int ExcludedNodesMax = 64;

    /// <summary>Node deaths under a stored start after which a task is failed as poison.</summary>
    public const int DeathsMax = 3;

    public static readonly TimeSpan TimeoutDefault = TimeSpan.FromHours(1);
    public static readonly TimeSpan TimeoutMin = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(7);
    public static readonly TimeSpan DelayMax = TimeSpan.FromDays(3650);
}
