namespace Silo.Simulation.Runs;

/// <summary>Looks for a seed that fails: how a test asks whether broken code is caught.</summary>
internal static class SeedHunt
{
    /// <returns>The first violation found, as text that begins with its invariant; null when all seeds pass.</returns>
    public static string? FirstViolation(int start, int count, Func<int, SeedRun> newRun)
    {
        var gate = new Lock();
        var next = start;
        SeedResult? found = null;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Search)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return found is null ? null : $"{found.Violation!.Invariant} (seed {found.Seed}: {found.Violation.Detail})";

        void Search()
        {
            while (true)
            {
                int seed;
                lock (gate)
                {
                    if (found is not null || next >= start + count)
                    {
                        return;
                    }

                    seed = next++;
                }

                var result = newRun(seed).Run();
                lock (gate)
                {
                    found ??= result.Violation is null ? null : result;
                }
            }
        }
    }

    /// <summary>As above with the true store; callable by name from another load context.</summary>
    public static string? FirstViolation(int start, int count) => FirstViolation(start, count, seed => new SeedRun(seed));
}
