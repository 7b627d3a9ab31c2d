BEGIN TRANSACTION;
CREATE TABLE comparisons (
	id VARCHAR(16) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	lesson VARCHAR(40), 
	created FLOAT NOT NULL, 
	queued FLOAT NOT NULL, 
	generation INTEGER NOT NULL, 
	message VARCHAR(500) NOT NULL, 
	done BIGINT, 
	total BIGINT, 
	owner VARCHAR(24) DEFAULT '' NOT NULL, 
	rank FLOAT, 
	tags TEXT DEFAULT '[]' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	archived BOOLEAN DEFAULT 0 NOT NULL, 
	deleted FLOAT, 
	origin VARCHAR(300) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "comparisons" VALUES('e54a2bd3','small',NULL,1.79573949884306883813e+09,1.79573951631570601465e+09,0,'',NULL,NULL,'ann',NULL,'[]','',0,NULL,'');
INSERT INTO "comparisons" VALUES('5ac440fe','waits',NULL,1.79573951631631970405e+09,1.79573951631631970405e+09,0,'',NULL,NULL,'bob',NULL,'[]','',0,NULL,'');
INSERT INTO "comparisons" VALUES('20456e6a','stopped',NULL,1.79573951631787323947e+09,1.79573951631787323947e+09,0,'',NULL,NULL,'bob',NULL,'[]','',0,NULL,'');
CREATE TABLE events (
	id INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	iteration INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	value FLOAT, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (run, iteration, kind), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE guesses (
	comparison VARCHAR(16) NOT NULL, 
	visitor VARCHAR(24) NOT NULL, 
	choice INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (comparison, visitor), 
	FOREIGN KEY(comparison) REFERENCES comparisons (id) ON DELETE CASCADE
);
INSERT INTO "guesses" VALUES('e54a2bd3','ann',1,1.79573949885652136802e+09);
CREATE TABLE jobs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	payload TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	lane VARCHAR(40), 
	asked FLOAT NOT NULL, 
	message VARCHAR(500) NOT NULL, 
	result TEXT, 
	share FLOAT DEFAULT '0' NOT NULL, 
	shown INTEGER DEFAULT '0' NOT NULL, 
	want VARCHAR(16), 
	owner VARCHAR(24) DEFAULT '' NOT NULL, 
	seconds FLOAT, 
	quick BOOLEAN DEFAULT 0 NOT NULL, 
	UNIQUE ("key")
);
CREATE TABLE reports (
	"key" VARCHAR(80) NOT NULL, 
	value TEXT NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "reports" VALUES('pace','{"seconds_per_mac": 1e-09}',1.79573951633329272265e+09);
CREATE TABLE rows (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run INTEGER NOT NULL, 
	iteration INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	learning_rate FLOAT, 
	loss FLOAT, 
	batch_error FLOAT, 
	train_error FLOAT, 
	test_error FLOAT, 
	gradients BLOB, 
	weights BLOB, 
	responses BLOB, 
	UNIQUE (run, iteration), 
	FOREIGN KEY(run) REFERENCES runs (id) ON DELETE CASCADE
);
INSERT INTO "rows" VALUES(1,1,0,2.5122057970002060756e+00,NULL,NULL,NULL,80.0,90.0,X'',X'',X'');
INSERT INTO "rows" VALUES(2,1,4,4.99363087000074301613e+00,2.08333333333333330442e-03,2.32128548622131347656e+00,87.5,100.0,80.0,X'EEEACF3F85CF2A3E6522AC3E1968FF3E0F6D0B3F76415B3E1FEA093ECCF8853E',X'02041C40872D8D3FCA91C63F19B18D3F2E83F33F58BB03408EB33B40DCD6CA3F',X'');
INSERT INTO "rows" VALUES(3,1,8,1.04121801680003045476e+01,8.3333333333333338682e-04,2.30763530731201171875e+00,8.99999976158142089843e+01,95.0,90.0,X'F30FDB3F3A5BAB3F126F6D3E5A31633E26B5A53EFFE5153EA131A53DF4D2643E',X'F5011C4019308D3FB191C63F0EB38D3F4085F33F8DBB03406FB33B4014C7CA3F',X'');
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	comparison VARCHAR(16), 
	net TEXT NOT NULL, 
	recipe TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	want VARCHAR(16), 
	lane VARCHAR(40), 
	iteration INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	leg_started FLOAT, 
	leg_from INTEGER NOT NULL, 
	device VARCHAR(80) NOT NULL, 
	data VARCHAR(200) NOT NULL, 
	message VARCHAR(500) NOT NULL, 
	turn INTEGER DEFAULT '0' NOT NULL, 
	until INTEGER DEFAULT '0' NOT NULL, 
	hold_at INTEGER, 
	want_rate FLOAT, 
	FOREIGN KEY(comparison) REFERENCES comparisons (id) ON DELETE CASCADE
);
INSERT INTO "runs" VALUES(1,'e54a2bd3','{"family": "cifar", "depth": 8, "block": "basic", "shortcut": "none", "stride_on": "1x1", "width": 1, "classes": 10, "order": "post", "norm": "batch", "activation": "relu", "stages": null}','{"data": "folder", "images": 60, "image_size": 16, "split": "50k/10k", "augment": false, "batch": 10, "iterations": 8, "learning_rate": 0.05, "schedule": "linear", "warmup": "linear", "warmup_iterations": 60, "warmup_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0001, "seed": 0, "precision": "auto", "log_every": 4, "test_every": 4, "test_images": 10, "final_images": 20, "responses": false}','queued',NULL,NULL,8,1.04121801680003045476e+01,1.79573950577133560181e+09,0,'CPU, 2 cores, bf16','images','',0,12,NULL,0.02);
INSERT INTO "runs" VALUES(2,'5ac440fe','{"family": "cifar", "depth": 8, "block": "basic", "shortcut": "A", "stride_on": "1x1", "width": 1, "classes": 10, "order": "post", "norm": "batch", "activation": "relu", "stages": null}','{"data": "folder", "images": 60, "image_size": 16, "split": "50k/10k", "augment": false, "batch": 10, "iterations": 8, "learning_rate": 0.05, "schedule": "linear", "warmup": "linear", "warmup_iterations": 60, "warmup_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0001, "seed": 0, "precision": "auto", "log_every": 4, "test_every": 4, "test_images": 10, "final_images": 20, "responses": false}','queued',NULL,NULL,0,0.0,NULL,0,'','','',0,8,NULL,NULL);
INSERT INTO "runs" VALUES(3,'20456e6a','{"family": "cifar", "depth": 8, "block": "basic", "shortcut": "none", "stride_on": "1x1", "width": 1, "classes": 10, "order": "post", "norm": "batch", "activation": "relu", "stages": null}','{"data": "folder", "images": 60, "image_size": 16, "split": "50k/10k", "augment": false, "batch": 10, "iterations": 8, "learning_rate": 0.05, "schedule": "linear", "warmup": "linear", "warmup_iterations": 60, "warmup_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0001, "seed": 0, "precision": "auto", "log_every": 4, "test_every": 4, "test_images": 10, "final_images": 20, "responses": false}','stopped',NULL,NULL,0,0.0,NULL,0,'','','',0,8,NULL,NULL);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_runs_state ON runs (state);
CREATE INDEX ix_runs_comparison ON runs (comparison);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',3);
INSERT INTO "sqlite_sequence" VALUES('rows',3);
COMMIT;