using Silo.Benchmarks.Invocation;

return await BenchProgram.RunAsync(args, Console.Out, Console.Error);
