import { type Postgres, type PostgresOptions, startPostgres } from "./postgres.ts";
import { runningRecord } from "./leftovers.ts";
import { type RunningService, type Service, startService } from "./services.ts";
import { projectRoot } from "./build.ts";

const graceMs = 5000;
/** How often, and after which pauses, a database that was killed is started again before everything is given up. */
const databaseStarts = 5;
const databasePauseMs = 1000;

export type Supervisor = {
  postgres: (options: PostgresOptions) => Promise<Postgres>;
  service: (service: Service) => RunningService;
  /** Ends services first, the database last. Without patience nothing is given time to finish. */
  stop: (patience: "patient" | "at once") => Promise<void>;
};

/** Holds every process of one portal, so that all of them end with it. */
export function supervise(
  dataFolder: string,
  hooks: {
    say: (line: string) => void;
    print: (line: string) => void;
    isTalkative: boolean;
    onGiveUp: (error: Error) => void;
  },
): Supervisor {
  const services: RunningService[] = [];
  const record = runningRecord(dataFolder);
  let database: Postgres | undefined;
  let isStopping = false;

  function writeRecord(): void {
    if (isStopping) return;
    const pids = services.map((service) => service.pid()).filter((pid) => pid !== undefined);
    record.write(pids).catch((error: Error) => hooks.say(`running.json: ${error.message}`));
  }

  async function keepAlive(options: PostgresOptions, server: Postgres): Promise<void> {
    await server.ended;
    if (isStopping) return;
    hooks.say("PostgreSQL ended; starting it again.");
    await startAgain({ ...options, port: server.port }, databaseStarts);
  }

  async function startAgain(options: PostgresOptions, triesLeft: number): Promise<void> {
    try {
      database = await startPostgres(options);
      if (isStopping) return await database.stop("fast");
      void keepAlive(options, database);
    } catch (error) {
      if (isStopping) return;
      if (triesLeft <= 1) return hooks.onGiveUp(error as Error);
      await new Promise((resolve) => setTimeout(resolve, databasePauseMs));
      await startAgain(options, triesLeft - 1);
    }
  }

  return {
    async postgres(options) {
      writeRecord();
      database = await startPostgres(options);
      void keepAlive(options, database);
      return database;
    },
    service(service) {
      const running = startService(service, { ...hooks, cwd: projectRoot, onChange: writeRecord });
      services.push(running);
      writeRecord();
      return running;
    },
    async stop(patience) {
      isStopping = true;
      await Promise.all(services.map((service) => service.stop(patience === "patient" ? graceMs : 0)));
      await database?.stop(patience === "patient" ? "fast" : "immediate");
      await record.remove();
    },
  };
}
